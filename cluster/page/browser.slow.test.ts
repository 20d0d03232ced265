/** The live page of a real cluster in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { arbiterKinds } from '../../arbiter/arbiter-url';
import { whyNotHere } from '../../arbiter/local/local-service';
import {
  endPrograms,
  type Program,
  patienceMs,
  startProgram,
} from '../../runtime/terminal/programs.testing';
import {
  axeViolations,
  describeInChromium,
  launchChromium,
} from '../../viewer/kit/browser.testing';

describeInChromium('the live page', () => {
  let browser: Browser;
  let page: Page;
  let cluster: Program;
  let requests: string[];
  let errors: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    page.setDefaultTimeout(patienceMs);
    requests = [];
    errors = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (entry) => errors.push(entry.text()));
  });
  afterEach(async () => {
    await page.close();
    await endPrograms();
    expect(errors).toEqual([]);
  });

  async function open(args: readonly string[], search = ''): Promise<string> {
    cluster = startProgram('scripts/cluster', args);
    const [, link = ''] = await cluster.until(/In a browser: (\S+)/);
    await page.goto(link.replace('#', `${search}#`));
    await page.waitForSelector('html[data-ready]');
    return link;
  }

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const row = (name: string) => page.locator('table.servers tr', { hasText: name }).last();
  const until = (selector: string, text: string | RegExp) =>
    page.locator(selector).filter({ hasText: text }).first().waitFor();
  const untilRow = (name: string, text: string | RegExp) =>
    row(name).filter({ hasText: text }).waitFor();

  /** On a busy machine the pair may take the one for dead that it began with: either may be the backup. */
  const untilPair = () => until('table.servers tr', /backup of epoch \d/);

  test('shows a failover that a button made, and so does the terminal', async () => {
    const link = await open([]);
    await until('.view', 'view 2: primary s1, backup s2');
    expect(await page.textContent('.introduction')).toContain('a view service (vs) and 3 replicas');
    await untilRow('s1', /running.*primary.*ms ago/);
    await button('Crash s1').click();
    await cluster.until(/from the page> kill s1\ns1 \(primary\) killed: kill -9 \d+/);
    await until('.view', 'view 3: primary s2, backup s3');
    await untilRow('s1', 'dead');
    await untilRow('s2', 'primary');
    await button('Restart s1').click();
    await untilRow('s1', /running.*idle/);
    // What is typed at the prompt shows on the page.
    cluster.child.stdin?.write('put a 1\n');
    await until('.lines .command', /prompt>.*put a 1/);
    await until('.lines .result', /put a 1: ok/);
    await until('.operations td', 'put a "1"');
    // It asks nobody but the cluster.
    const own = new URL(link).host;
    expect(requests.filter((url) => new URL(url).host !== own)).toEqual([]);
  });

  test('a load over a failover is judged linearizable', async () => {
    await open([]);
    await until('.view', 'backup s2');
    await button('Start the load').click();
    await until('.operations td', /load1-\d/);
    await button('Pause s1').click();
    await until('.view', 'primary s2');
    await button('Resume s1').click();
    await until('.view', 'backup s3');
    await button('Stop and check').click();
    await until('.verdict', '✓ load 1: linearizable');
    await cluster.until(/load 1: what its clients saw is linearizable: \d+ operations on 5 keys/);
  });

  test('a partition without an arbiter splits the brain, and the page says what was lost', async () => {
    await open(['--arbiter', 'none']);
    await untilPair();
    await page.getByRole('spinbutton', { name: 'clients', exact: true }).fill('2');
    await page.getByRole('checkbox', { name: 'one beside each server' }).check();
    await button('Start the load').click();
    await page.getByRole('checkbox', { name: 's2', exact: true }).check();
    await button('Partition').click();
    await until('.split', '2 primaries at a time: a split brain');
    await until('.network', /^s1, client \| s2; \d+ messages stopped/);
    // Both serve by now, and each goes on with the writes of the client beside it.
    for (const side of ['s1', 's2']) {
      await page.fill('#command', `put both ${side} @${side}`);
      await page.keyboard.press('Enter');
      await until('.lines .result', `put both ${side} @${side}: ok`);
    }
    const count = async () => Number(/(\d+) op/.exec(`${await page.textContent('.going')}`)?.[1]);
    const before = await count();
    while ((await count()) < before + 60) await page.waitForTimeout(50);
    await button('Heal').click();
    await until('.violation', /s(\d) has given up its state for that of s(?!\1)\d/);
    await until('.violation', /both +"s(\d)" +"s(?!\1)\d" +"s(\d)" +put "s(?!\2)\d"/);
    await until('.network', 'Everybody reaches everybody');
    await button('Stop and check').click();
    await until('.verdict', /✗ load 1: NOT linearizable/);
    expect(await page.textContent('.verdict pre')).toMatch(/not linearizable\n.*\n {2}line/);
  });

  describe.each(arbiterKinds)('with %s', (kind) => {
    const why = whyNotHere(kind);
    const testHere = why === undefined || process.env.CI === 'true' ? test : test.skip;

    testHere(
      `shows who decides, and a failover${why === undefined ? '' : ` (${why})`}`,
      async () => {
        await open(['--arbiter', kind, '--replicas', '2']);
        await until('.view', 'primary s1, backup s2');
        await untilRow(kind, /running.*decides/);
        await untilRow('s1', /primary.*ms ago/);
        await button('Crash s1').click();
        await until('.view', 'primary s2, backup nobody');
        await button(`Pause ${kind}`).click();
        await untilRow(kind, 'paused');
        // Nobody answers its pings any more.
        await untilRow('s2', /\d\.\d s ago/);
        await button(`Resume ${kind}`).click();
        await untilRow('s2', /running.*ms ago/);
      },
    );
  });

  test('the keys alone do all', async () => {
    await open(['--replicas', '2']);
    await until('.view', 'backup s2');
    await page.keyboard.press('2');
    await page.keyboard.press('k');
    await until('.view', 'view 3: primary s2, backup nobody');
    await page.keyboard.press('r');
    await until('.view', 'view 4: primary s2, backup s1');
    await page.keyboard.press('/');
    await page.keyboard.type('partition s1 | s2');
    await page.keyboard.press('Enter');
    await until('.network', 's1, vs, client | s2');
    await page.keyboard.press('ArrowUp');
    expect(await page.inputValue('#command')).toBe('partition s1 | s2');
    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await until('.network', 'Everybody reaches everybody');
    await page.keyboard.press('l');
    await until('.operations td', /load1-\d/);
    await page.keyboard.press('l');
    await until('.verdict', 'load 1: linearizable');
    await page.keyboard.press('?');
    expect(await page.isVisible('dialog')).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.isVisible('dialog')).toBe(false);
    // A server that is dead already is not killed again, and what is wrong is said.
    await page.fill('#command', 'frob');
    await page.keyboard.press('Enter');
    await until('.lines .error', 'expected one of put, get');
    await page.fill('#command', 'quit');
    await page.keyboard.press('Enter');
    await until('.refused', 'the cluster ends in its terminal');
  });

  test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open(['--arbiter', 'none']);
    await untilPair();
    await button('Start the load').click();
    await page.getByRole('checkbox', { name: 's2', exact: true }).check();
    await button('Partition').click();
    await until('.split', 'a split brain');
    expect(await axeViolations(page)).toEqual([]);
    await button('Heal').click();
    await until('.violation', 'has given up its state');
    await button('Stop and check').click();
    await until('.verdict', 'load 1');
    await page.fill('#command', 'quit');
    await page.keyboard.press('Enter');
    await until('.refused', 'ends in its terminal');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await axeViolations(page)).toEqual([]);
  });

  test('speaks Chinese, and keeps its token when it changes the language', async () => {
    await open(['--replicas', '1'], '?lang=zh');
    await until('h1', '正在运行的集群');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-Hans');
    await page.getByRole('link', { name: 'English' }).click();
    await until('h1', 'A live cluster');
    await until('.state', 'Live');
  });

  test('says when the cluster has ended, in good order or not', async () => {
    await open(['--replicas', '1']);
    cluster.child.stdin?.write('quit\n');
    await until('.state', 'The cluster has ended. "npm start" begins a new one');
    await open(['--replicas', '1']);
    cluster.child.kill('SIGSTOP');
    await until('.state', /No news for \d+ s/);
    cluster.child.kill('SIGCONT');
    await until('.state', 'Live');
    cluster.child.kill('SIGKILL');
    await until('.state', 'nobody answers at this address');
    // The browser itself notes that nobody is there.
    expect(errors.every((text) => /ERR_CONNECTION_|WebSocket connection/.test(text))).toBe(true);
    errors = [];
  });

  test('with a wrong token it shows nothing, and says why', async () => {
    const link = await open(['--replicas', '1']);
    await page.goto('about:blank');
    await page.goto(`${link}x`);
    await until('.state', 'This link is not of the cluster that runs here');
    expect(await page.locator('table.servers td').count()).toBe(0);
    expect(errors.every((text) => text.includes('WebSocket connection'))).toBe(true);
    errors = [];
  });
});
