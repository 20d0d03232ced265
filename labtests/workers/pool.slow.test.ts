/** Whatever a solution does, the runner says what it was in a sentence, and goes on. */

import type { Failure } from '../../judging/failure';
import {
  breakSolution,
  type Replacement,
  writeSolution,
} from '../broken-solutions/broken-solution';
import { type PoolOptions, WorkerPool } from './pool';

const server = 'viewservice/server.ts';
const pingBody =
  '    return this.enter(rules.ping(this.state, server, viewnum, this.options.deadPings));\n';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** The failure of scenario A2 with a view server in which `replacements` were made. */
async function failureWith(
  replacements: readonly Replacement[],
  options?: PoolOptions,
): Promise<Failure | null> {
  const broken = breakSolution(server, replacements);
  cleanUps.push(broken.remove);
  return (await run(broken.root, 'A2', options)).failure;
}

/** For what hangs on purpose; to load the compiler takes long enough on a busy machine. */
const impatient = { hangLimitMs: 3_000 };

function run(root: string, scenario = 'A2', options: PoolOptions = {}) {
  const pool = new WorkerPool({ workers: 1, ...options });
  cleanUps.push(() => pool.close());
  return pool.run({ scenario, seeds: [1, 2], root });
}

test('an endless loop is ended, and the sentence says where it was', async () => {
  const failure = await failureWith([[pingBody, `    for (;;);\n${pingBody}`]], impatient);
  expect(failure?.kind).toBe('did not settle');
  expect(failure?.actual).toMatch(
    /^vs did not come back from \S*ping: an endless loop in ViewServer\.ping, viewservice\/server\.ts:\d+$/,
  );
});

test('a loop that calls others is named, not whom it calls at the moment', async () => {
  const helper = '\nfunction helper(text: string) { return text.repeat(3).split("a").length; }\n';
  const failure = await failureWith(
    [
      [pingBody, `    for (;;) {\n      helper(server);\n      helper('b');\n    }\n${pingBody}`],
      ['\nexport class ViewServer', `${helper}\nexport class ViewServer`],
    ],
    impatient,
  );
  expect(failure?.actual).toMatch(/ in ViewServer\.ping, viewservice\/server\.ts:[\d-]+$/);
});

test('what loops in one scenario is not waited for again in the others', async () => {
  const broken = breakSolution(server, [[pingBody, `    for (;;);\n${pingBody}`]]);
  cleanUps.push(broken.remove);
  const pool = new WorkerPool({ workers: 1 });
  cleanUps.push(() => pool.close());
  const jobs = ['A2', 'A3', 'A4'].map((scenario) =>
    pool.run({ scenario, seeds: [1], root: broken.root }),
  );
  const failures = (await Promise.all(jobs)).map(({ failure }) => failure);
  expect(failures.map((failure) => failure?.details)).toEqual([
    ['ended after 5 s of computing'],
    ['ended after 0.5 s of computing, as that call has not come back before'],
    ['ended after 0.5 s of computing, as that call has not come back before'],
  ]);
  const loops = failures.map((failure) => failure?.actual.replace(/^\S+ /, ''));
  expect(new Set(loops).size).toBe(1);
});

test('so is an endless loop of promises', async () => {
  const loop = '    void (async () => { for (;;) await null; })();\n';
  const failure = await failureWith([[pingBody, `${loop}${pingBody}`]], impatient);
  expect(failure?.kind).toBe('did not settle');
});

test('after a worker was ended, the other scenarios still run', async () => {
  const broken = breakSolution(server, [
    ['  tick(): void {\n', '  tick(): void {\n    while (this.state.view.backup !== null);\n'],
  ]);
  cleanUps.push(broken.remove);
  const pool = new WorkerPool({ workers: 1, ...impatient });
  cleanUps.push(() => pool.close());
  const jobs = ['A5b', 'A1', 'A2'].map((scenario) =>
    pool.run({ scenario, seeds: [1], root: broken.root }),
  );
  const kinds = (await Promise.all(jobs)).map(({ failure }) => failure?.kind);
  expect(kinds).toEqual(['did not settle', undefined, undefined]);
});

test('a rejection that nobody handles', async () => {
  const reject = "    void Promise.reject(new Error('nobody sees me'));\n";
  const failure = await failureWith([[pingBody, `${reject}${pingBody}`]]);
  expect(failure).toMatchObject({ kind: 'broken code' });
  expect(failure?.actual).toContain('nobody sees me');
});

test('a module that does not compile', async () => {
  const failure = await failureWith([[pingBody, '    return (;\n']]);
  expect(failure).toMatchObject({ kind: 'broken code', expected: 'the solution to load' });
  expect(failure?.actual).toContain('viewservice/server.ts');
});

test('a stub says that it is one', async () => {
  const failure = await failureWith([
    [pingBody, "    throw notImplemented('viewservice/server.ts', 'ViewServer.ping');\n"],
    [
      "import * as rules from './rules';",
      "import * as rules from './rules';\nimport { notImplemented } from '../runtime/errors';",
    ],
  ]);
  expect(failure).toMatchObject({
    kind: 'not implemented',
    actual: 'ViewServer.ping in viewservice/server.ts is not implemented yet',
  });
});

test('memory without bound', async () => {
  const hoard = '    for (const all: unknown[] = []; ; ) all.push(new Array(100_000).fill({}));\n';
  const broken = breakSolution(server, [[pingBody, `${hoard}${pingBody}`]]);
  cleanUps.push(broken.remove);
  const { failure } = await run(broken.root, 'A2', { memoryLimitMib: 100 });
  expect(failure).toMatchObject({ kind: 'broken code' });
  expect(failure?.actual).toContain('out of memory');
});

test('two runs that differ are reported as such, with the first event that differs', async () => {
  // The contracts are shared by all runs, so a solution can remember there what it must not.
  const failure = await failureWith([
    [
      pingBody,
      `    const shared = ViewService as { runs?: number };
    shared.runs = (shared.runs ?? 0) + 1;
    return { viewnum: shared.runs + 1, primary: 's1', backup: null };
`,
    ],
    [
      'import type { PingArgs, View, ViewService }',
      'import { type PingArgs, type View, ViewService }',
    ],
  ]);
  expect(failure).toMatchObject({ kind: 'not repeatable' });
});

test('an empty folder', async () => {
  const empty = writeSolution(new Map([['viewservice/README', 'nothing here']]));
  cleanUps.push(empty.remove);
  const { failure } = await run(empty.root, 'B1a');
  expect(failure?.kind).toBe('broken code');
});
