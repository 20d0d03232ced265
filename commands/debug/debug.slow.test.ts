/** The debugger in a real browser: Debian's chromium, which CI has to have. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { withBrokenSolution } from '../../labtests/broken-solutions/broken-solution';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { temporaryFolder } from '../../runtime/temporary-folder';
import {
  axeViolations,
  describeInChromium,
  launchChromium,
} from '../../viewer/kit/browser.testing';
import { parseSetting, type Setting } from '../../worlds/explored/setting';
import { replayExplored } from '../replay/explored';
import { solutionIn } from './code';
import { type Debugger, startDebugger } from './debugger';

const root = path.join(__dirname, '../..');

describeInChromium('the debugger', () => {
  let browser: Browser;
  let page: Page;
  let started: Debugger | undefined;
  let elsewhere: string[];
  let errors: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    const viewport = { width: 1440, height: 1000 };
    page = await browser.newPage({ viewport, locale: 'en-GB' });
    elsewhere = [];
    errors = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(started?.url.split('?')[0] ?? ''))
        elsewhere.push(request.url());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (entry) => errors.push(entry.text()));
  });
  afterEach(async () => {
    await page.close();
    await started?.close();
    started = undefined;
    expect(errors).toEqual([]);
    expect(elsewhere.filter((url) => !/^(data|blob):/.test(url))).toEqual([]);
  });

  async function open(setting = 'aa-ag.s2', words = '', folder = root): Promise<void> {
    await started?.close();
    const options = { code: solutionIn(folder), port: 0 };
    started = await startDebugger({ setting: parseSetting(setting) as Setting, ...options });
    await page.goto(`${started.url}${words}`);
    await page.waitForSelector('html[data-ready]');
  }

  /** Waits until what is on the screen is what it should be. */
  async function expectSoon(read: () => Promise<unknown>, expected: unknown): Promise<void> {
    for (let tries = 0; tries < 2_000; tries += 1) {
      if (String(await read()).includes(String(expected))) return;
      await page.waitForTimeout(10);
    }
    expect(await read()).toContain(expected);
  }

  const here = () => page.getAttribute('.tree [aria-current]', 'aria-label');
  const status = () => page.textContent('[role=status]');
  const states = () => page.locator('.tree .state').count();
  const violated = () => page.locator('.properties .bad').allTextContents();
  const click = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();

  test('steps, branches, goes back, and loses, doubles and holds messages', async () => {
    await open();
    expect(await here()).toBe('State 0: the beginning');
    await page.keyboard.press('n');
    await expectSoon(here, 'State 1: c1: append("x", "1a,") arrives');
    await click('hold back: c1 → vs get');
    await expectSoon(() => page.textContent('.messages'), 'held back');
    await click('Next');
    await click('Next');
    await expectSoon(here, 'State 4: c2 → vs get arrives');
    await click('is lost: vs → c2 re: get');
    await expectSoon(here, 'State 5: vs → c2 re: get is lost');
    // Back, and another way from there: a branch.
    await click('Back');
    await expectSoon(here, 'State 4:');
    await click('arrives twice: vs → c2 re: get');
    await expectSoon(here, 'State 6:');
    expect(await states()).toBe(7);
    expect(await page.locator('.tree path:not(.way)').count()).toBe(1);
    // A click on a state of the other branch.
    await page.locator('.tree .state').nth(5).click();
    await expectSoon(here, 'State 5: vs → c2 re: get is lost');
    await click('crash: s1');
    await expectSoon(() => page.textContent('li.down'), 's1');
    await click('restart: s1');
    await click('arrives: s1: start');
    await expectSoon(() => page.locator('li.down').count(), '0');
    await click('pause: s2');
    await expectSoon(() => page.textContent('li.paused'), 's2');
    await click('resume: s2');
    await expectSoon(here, 'State 11: s2 resume');
  });

  test('a partition, and what a client asks; what changed is marked', async () => {
    await open('0.s2');
    await page.getByRole('checkbox', { name: 's1', exact: true }).check();
    await click('Cut');
    await expectSoon(() => page.textContent('.partition'), 'Cut off: s1');
    await page.getByLabel('Operation').selectOption('put');
    await page.getByLabel('Value').fill('a.b, c');
    await click('Ask');
    await expectSoon(here, 'c1: put("x", "a.b, c")');
    await expectSoon(() => page.textContent('dd.changed'), 'put("x", "a.b, c")');
    await click('Mend');
    await page.keyboard.press('N');
    await expectSoon(() => page.textContent('.drawings h2 >> nth=1'), 'linearizable');
    // What is not possible says why.
    await click('Cut');
    await expectSoon(status, 'That is not possible');
  });

  test('runs to the violation of a server that answers too early, and what is copied replays', async () => {
    await withWrongSolution('no-duplicate-table', async (folder) => {
      await open('aa-ag.s2', '', folder);
      await click('Run to the next violation');
      await expectSoon(status, 'Violation found');
      expect(await violated()).toEqual([expect.stringContaining('duplicate append')]);
      expect(await here()).toContain('violated: What the clients saw is linearizable');
      await page.keyboard.press('c');
      await expectSoon(status, 'Copied: npm run replay -- debug:aa-ag.s2.k1:');
      const schedule = (await status())?.split(' -- ')[1] ?? '';
      const print = jest.spyOn(console, 'log').mockImplementation(() => undefined);
      const exitCode = await replayExplored({ schedule, events: 20, root: folder });
      const printed = print.mock.calls.join('\n');
      print.mockRestore();
      expect(printed).toContain('duplicate append');
      expect(exitCode).toBe(1);
      await page.keyboard.press('s');
      await expectSoon(() => page.textContent('dialog pre'), 'lab.crash(s1);');
      await page.keyboard.press('Escape');
      // The same schedule leads there in another session.
      await open('0.s1', `&schedule=${encodeURIComponent(schedule)}`, folder);
      expect(await status()).toContain('The schedule fits');
      expect(await violated()).toHaveLength(1);
    });
  });

  test('a search can be cancelled', async () => {
    await open('aaa-aag.s3');
    await page.keyboard.press('r');
    await expectSoon(status, 'Searching');
    await page.keyboard.press('Escape');
    await expectSoon(status, 'Cancelled');
  });

  test('the keys alone do everything', async () => {
    await open();
    const steps: readonly (readonly [key: string, here: string])[] = [
      ['n', 'State 1:'],
      ['N', 'State 11:'],
      ['ArrowLeft', 'State 10:'],
      ['ArrowLeft', 'State 9:'],
      ['ArrowRight', 'State 10:'],
    ];
    for (const [key, text] of steps) {
      await page.keyboard.press(key);
      await expectSoon(here, text);
    }
    await page.keyboard.press('m');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expectSoon(here, 'State 12:');
    await expectSoon(here, 'is lost');
    await page.keyboard.press('ArrowUp');
    await expectSoon(here, 'State 11:');
    await page.keyboard.press('ArrowDown');
    await expectSoon(here, 'State 12:');
    await page.keyboard.press('?');
    expect(await page.isVisible('dialog')).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await page.keyboard.type('nonsense');
    await page.keyboard.press('Enter');
    await expectSoon(status, 'Expected a schedule like');
  });

  test('code that is saved is taken over, and the first step that does not fit is named', async () => {
    const folder = temporaryFolder('viewlab-debug-');
    try {
      for (const name of ['viewservice', 'pbservice', 'client']) {
        cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
      }
      await open('aa.s2', '&schedule=debug:aa.s2:4,hold.s1-s2.forward,drop.s1-s2.forward', folder);
      const file = path.join(folder, 'pbservice/replication.ts');
      const source = readFileSync(file, 'utf8');
      writeFileSync(file, `${source}\n// Nothing else.\n`);
      await expectSoon(
        status,
        'Took over pbservice/replication.ts: the way to this state still fits.',
      );
      const alone = source.replace(
        'view.backup !== null && !(await this.forwardBatch',
        'view.backup === undefined && !(await this.forwardBatch',
      );
      expect(alone).not.toBe(source);
      writeFileSync(file, alone);
      await expectSoon(status, 'Step 2, hold.s1-s2.forward: there is no such thing in this state');
      expect(await states()).toBe(5);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a stub is named, and once it is written the page goes on by itself', async () => {
    const file = 'pbservice/server.ts';
    const start = '  async start(): Promise<void> {\n';
    const stub = `throw require('../runtime/errors').notImplemented('${file}', 'PbServer.start');`;
    await withBrokenSolution(file, [[start, `${start}    ${stub}\n`]], async (folder) => {
      await open('aa.s2', '', folder);
      expect(await status()).toBe(
        `Nothing to step through before it is written: PbServer.start in ${file} is not implemented yet. ` +
          'The page goes on by itself when you save it.',
      );
      writeFileSync(path.join(folder, file), readFileSync(path.join(root, file)));
      await expectSoon(status, `Took over ${file}`);
      expect(await here()).toBe('State 0: the beginning');
    });
  });

  test('a lecture turns its slides with the keys, in both languages', async () => {
    await open('0.s1', '&lecture=split-brain&lang=zh');
    const words = () => page.textContent('.words');
    expect(await page.textContent('.slide h1')).toBe('脑裂');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-Hans');
    for (const [key, text] of [
      ['ArrowRight', '没有故障时一切正常'],
      ['PageDown', '网络断开'],
      ['ArrowLeft', '没有故障时一切正常'],
    ] as const) {
      await page.keyboard.press(key);
      await expectSoon(words, text);
    }
    await page.getByLabel('语言').selectOption('en');
    await expectSoon(words, 'Without faults that works');
    for (let turned = 0; turned < 5; turned += 1) {
      await page.keyboard.press('PageDown');
      await expectSoon(() => page.textContent('.slide .actions'), `${turned + 3} of 9`);
    }
    expect(await violated()).toHaveLength(2);
    await page.getByLabel('Lecture').selectOption('write');
    await expectSoon(words, 's1 is primary, s2 its backup');
    await page.keyboard.press('Escape');
    await expectSoon(() => page.locator('.messages').count(), '1');
  });

  test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const look = async () => expect(await axeViolations(page)).toEqual([]);
    await open(
      '0-0.s2.pair',
      '&schedule=debug:0-0.s2.pair:put.c1.x.1,until.done,cut.s1,60,crash.s1',
    );
    await page.keyboard.press('n');
    await expectSoon(here, 'State');
    await look();
    await page.keyboard.press('s');
    await page.waitForSelector('dialog');
    await look();
    await open('0.s1', '&lecture=split-brain');
    await look();
  });
});
