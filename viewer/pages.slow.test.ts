/** The page in a real browser: Debian's chromium, which CI has to have. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { temporaryFolder } from '../runtime/temporary-folder';
import type { TraceEvent } from '../runtime/trace';
import { axeViolations, describeInChromium, launchChromium } from './kit/browser.testing';
import type { RunData, RunViolation } from './model/run';
import { message, sampleEvents, sampleRun } from './model/sample.testing';
import { runPage } from './run/page';

const history: RunData['history'] = {
  verdict: 'not linearizable',
  sentence: 'not linearizable on key "k"',
  window: { fromMs: 20, toMs: 23 },
  operations: [
    {
      ...{ process: 'c1', call: 'get "k"', outcome: 'found "1"' },
      ...{ invokedMs: 20, returnedMs: 23, pointMs: null, isEvidence: true },
    },
  ],
};
const violation = sampleRun().violation as RunViolation;
const run: RunData = { ...sampleRun(), history };

/** The same, and beside it the run in which s1 notices in time: the read is refused. */
const compared: RunData = {
  ...run,
  nearest: {
    name: 'seed 12',
    events: sampleEvents().map((event) => {
      if (event.type !== 'deliver' || event.t !== 23) return event;
      return { ...event, body: { error: { code: 'not-primary' } } };
    }),
  },
};

/** Puts and their forwards without end, among three servers, with crashes and losses. */
function longRun(events: number): RunData {
  const trace: TraceEvent[] = [{ t: 0, node: 's1', type: 'start' }];
  for (let i = 0; trace.length < events; i += 1) {
    const t = i * 2;
    const [a, b] = [`s${(i % 3) + 1}`, `s${((i + 1) % 3) + 1}`] as const;
    const body = {
      client: 'c',
      seq: i,
      operation: { op: 'put', key: `k${i % 9}`, value: `v${i}` },
    };
    const fate = i % 50 === 0 ? 'drop' : 'deliver';
    trace.push(
      ...message('request', i, ['c1', a], 'PbService.operate', body, [t, t + 0.5]),
      ...message('request', i, [a, b], 'ReplicationService.forward', body, [t + 0.6, t + 1], fate),
      { t: t + 1.5, node: a, type: 'log', event: 'did', fields: { i } },
    );
  }
  return { title: 'long', events: trace.slice(0, events), leftOut: 0 };
}

describeInChromium('the page of a run', () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  let requests: string[];
  let errors: string[];

  beforeAll(async () => {
    folder = temporaryFolder('viewlab-browser-');
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    requests = [];
    errors = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (entry) => errors.push(entry.text()));
  });
  afterEach(async () => {
    await page.close();
    expect(errors).toEqual([]);
  });

  /** `rest`: what follows in the address, `?lang=zh` or `#event=3`. */
  async function open(data: RunData, rest = ''): Promise<void> {
    const file = path.join(folder, 'report.html');
    writeFileSync(file, runPage(data));
    await page.goto(`${pathToFileURL(file)}${rest}`);
    await page.waitForSelector('html[data-ready]');
  }

  /** What stands under the cursor in the log. */
  const chosen = async () => (await page.textContent('[role=option][aria-selected=true]')) ?? '';
  const word = async (name: string) =>
    new URLSearchParams(((await page.evaluate('location.hash')) as string).slice(1)).get(name);

  /** Waits until what is on the screen is what it should be. */
  async function expectSoon(read: () => Promise<unknown>, expected: unknown): Promise<void> {
    for (let tries = 0; tries < 1_000; tries += 1) {
      if (String(await read()).includes(String(expected))) return;
      await page.waitForTimeout(10);
    }
    expect(await read()).toContain(expected);
  }

  test('opens at the moment of the violation, and asks nobody for anything', async () => {
    await open(run);
    expect(await page.textContent('.violation')).toContain('stale read');
    expect(await chosen()).toContain('returns value "1"');
    expect(await page.textContent('tr.here')).toContain('c1');
    expect(requests).toEqual([expect.stringMatching(/^file:.*report\.html$/)]);
  });

  test('the operation that proves the violation is in sight, at first and after m', async () => {
    const others = Array.from({ length: 60 }, (_, i) => ({
      ...{ process: `d${i}`, call: 'put "k" "1"', outcome: 'ok' },
      ...{ invokedMs: 1, returnedMs: 22, pointMs: null, isEvidence: false },
    }));
    const operations = [...others, ...history.operations];
    await open({ ...run, history: { ...history, operations } });
    const scrolled = async () =>
      page.evaluate("document.querySelector('.drawings').scrollTop > 500");
    expect(await scrolled()).toBe(true);
    await page.evaluate("document.querySelector('.drawings').scrollTop = 0");
    await page.keyboard.press('m');
    await expectSoon(scrolled, true);
  });

  test('the keys alone lead through the run, from the moment and back to it', async () => {
    await open(run);
    const steps: readonly (readonly [key: string, chosen: string])[] = [
      ['k', 'gets from s1'],
      ['j', 'returns'],
      ['ArrowDown', 'mended'],
      ['g', 'starts'],
      ['G', 'PAUSED'],
      ['m', 'returns'],
    ];
    for (const [key, text] of steps) {
      await page.keyboard.press(key);
      await expectSoon(chosen, text);
    }
    await page.keyboard.press('?');
    expect(await page.isVisible('dialog')).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.isVisible('dialog')).toBe(false);
  });

  test('a search finds, steps, and filters', async () => {
    await open(run);
    await page.keyboard.press('/');
    await page.keyboard.type('cut: NOTHING');
    await expectSoon(() => page.textContent('output'), '2 found');
    await page.keyboard.press('Enter');
    await expectSoon(chosen, 's1    CUT');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await expectSoon(chosen, 's2    CUT');
    await page.keyboard.press('f');
    await expectSoon(() => page.locator('[role=option]').count(), 2);
  });

  test('what an event changed is marked, and pings can be shown', async () => {
    await open(run);
    await page.keyboard.press('p');
    await page.keyboard.press('/');
    await page.keyboard.type('gets null');
    await page.keyboard.press('Enter');
    await expectSoon(chosen, 'gets from vs');
    expect(await page.textContent('td.changed')).toBe('primary in view 2');
  });

  test('hides a node, and keeps cursor and filters in the address', async () => {
    await open(run);
    await page.getByRole('checkbox', { name: 's2', exact: true }).uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('k');
    await expectSoon(chosen, 'gets from s1');
    await expectSoon(() => word('hide'), 's2');
    const hash = (await page.evaluate('location.hash')) as string;
    await open(run, hash);
    expect(await chosen()).toContain('gets from s1');
    expect(await page.getByRole('checkbox', { name: 's2', exact: true }).isChecked()).toBe(false);
  });

  test('the nearest passing run stands in the same place, and the difference is marked in both', async () => {
    await open(compared);
    const bar = () => page.textContent('section.nearest');
    expect(await bar()).toContain(
      'Nearest passing run: seed 12. They part at c1. In the failing run: 23.0 ms, gets',
    );
    await page.keyboard.press('d');
    await expectSoon(chosen, 'gets from s1: reply to operate value "1"');
    expect(await page.textContent('.log .parting')).toContain('gets from s1');
    const before = await Promise.all([word('from'), word('to')]);
    await page.keyboard.press('s');
    await expectSoon(chosen, 'gets from s1: reply to operate error not-primary');
    expect(await page.textContent('.log .parting')).toContain('error not-primary');
    expect(await bar()).toContain('This run passes: seed 12');
    expect(await Promise.all([word('from'), word('to')])).toEqual(before);
    // What went wrong in the other one is still to be read.
    expect(await page.textContent('.violation')).toContain('stale read');
    await page.keyboard.press('k');
    await expectSoon(chosen, 's1    sends to c1');
    await page.keyboard.press('s');
    await expectSoon(bar, 'Nearest passing run');
    expect(await chosen()).toContain('s1    sends to c1');
  });

  test('the address says which of the two runs is shown, and the button keeps the focus', async () => {
    await open(compared);
    await page.focus('#swap');
    await page.keyboard.press('Enter');
    await expectSoon(() => word('run'), 'passing');
    expect(await page.evaluate('document.activeElement.id')).toBe('swap');
    expect(await page.locator('header').count()).toBe(1);
    const hash = (await page.evaluate('location.hash')) as string;
    await open(compared, hash);
    expect(await page.textContent('#swap')).toContain('Show the failing run');
    await page.evaluate(
      'location.hash = location.hash.replace("run=passing&", "").replace("&run=passing", "")',
    );
    await expectSoon(() => page.textContent('#swap'), 'Show the passing run');
  });

  test('without a passing run the keys for it do nothing', async () => {
    await open(run);
    const before = await chosen();
    await page.keyboard.press('s');
    await page.keyboard.press('d');
    expect(await chosen()).toBe(before);
    expect(await page.locator('section.nearest').count()).toBe(0);
  });

  const headings = async () =>
    (await page.locator('h2:visible').allTextContents()).map((text) => text.trim());

  test('speaks Chinese and English, and stays where it is when it changes', async () => {
    const notes = [
      ['at fault', 'the primary'],
      ['hint', 'look there'],
    ] as const;
    await open({ ...compared, violation: { ...violation, notes } }, '?lang=zh');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-Hans');
    expect(await headings()).toEqual([
      '节点与消息',
      '客户端历史：not linearizable on key "k"',
      ...['23.0 ms 时的节点', '事件', '日志'],
    ]);
    expect(await page.locator('.violation dl').allTextContents()).toEqual([
      '过错方主服务器提示look there',
    ]);
    // What there is in English only says so.
    expect(await page.locator('.violation [lang=en]').allTextContents()).toEqual([
      'stale read',
      'look there',
    ]);
    expect(await page.textContent('section.nearest')).toContain('从 c1 处开始不同');
    await page.keyboard.press('/');
    await page.keyboard.type('消息到不了');
    await expectSoon(() => page.textContent('output'), '找到 2 个');
    await page.keyboard.press('Escape');
    for (const key of ['k', 'f', '+', 's']) await page.keyboard.press(key);
    await page.getByRole('checkbox', { name: 's2', exact: true }).uncheck();
    await expectSoon(() => word('hide'), 's2');
    const before = await page.evaluate('location.hash');
    await page.getByLabel('语言').focus();
    await page.getByLabel('语言').selectOption('en');
    await expectSoon(() => page.getAttribute('html', 'lang'), 'en');
    expect(await headings()).toContain('Nodes and messages of the passing run');
    expect(await page.textContent('output')).toBe('1 found');
    expect(await page.evaluate('location.hash')).toBe(before);
    // The switch keeps the focus: there letters choose a language, and no event.
    expect(await page.evaluate('document.activeElement.id')).toBe('language');
    await page.keyboard.press('g');
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    expect(await page.evaluate('location.hash')).toBe(before);
    // Without a word in the address, a page speaks as somebody chose before.
    await page.getByLabel('Language').selectOption('zh');
    await open(run);
    expect(await headings()).toContain('节点与消息');
  });

  test('keeps the language that is chosen where the browser keeps nothing', async () => {
    await page.addInitScript(
      "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })",
    );
    await open(run);
    await page.getByLabel('Language').selectOption('zh');
    await expectSoon(headings, '节点与消息');
  });

  test('a click in the diagram chooses an event', async () => {
    await open(run);
    await page.keyboard.press('0');
    await page.keyboard.press('g');
    await expectSoon(chosen, 'starts');
    const box = await page.locator('canvas').first().boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) - 9, (box?.y ?? 0) + 160);
    await expectSoon(chosen, 'PAUSED');
  });

  test.each([
    ['light', 'en', run],
    ['dark', 'en', run],
    ['light', 'zh', compared],
    ['dark', 'en', { ...compared, title: 'compared' }],
    ['dark', 'zh', run],
  ] as const)('axe finds nothing, %s, %s, %#', async (colorScheme, language, data) => {
    await page.emulateMedia({ colorScheme });
    await open(data, `?lang=${language}`);
    for (const key of ['Escape', 's', '?']) {
      await page.keyboard.press(key);
      expect(await axeViolations(page)).toEqual([]);
    }
  });

  test.each([10_000, 100_000])('a run of %i events opens and scrolls', async (events) => {
    const data = longRun(events);
    const started = performance.now();
    await open(data);
    const openedMs = performance.now() - started;
    const frames: number[] = [];
    await page.keyboard.press('0');
    for (const key of ['G', 'ArrowLeft', '-', '+', '+', 'ArrowRight', 'g', 'j']) {
      const pressed = performance.now();
      await page.keyboard.press(key);
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
      frames.push(performance.now() - pressed);
    }
    expect(await chosen()).toContain('sends to s1');
    // Only what is on the screen is made.
    expect(await page.locator('[role=option]').count()).toBeLessThan(100);
    // Far above what it takes (docs/benchmarks.md): machines are busy.
    expect(openedMs).toBeLessThan(30_000);
    if (process.env.VIEWLAB_FIGURES !== undefined) console.log({ events, openedMs, frames });
  });
});
