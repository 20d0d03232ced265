/** Nodes share nothing, and reach nothing but their Runtime. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { SolutionError } from './sandbox';
import { evaluate, fakeRuntime, file, removeSolutions, solutionOf } from './sandbox.testing';

afterAll(removeSolutions);

type Counter = { next(): number };

describe('nodes share nothing', () => {
  test.each([
    ['a variable of a module', 'let count = 0; export const next = () => ++count;'],
    [
      'a static field',
      'class Counter { static count = 0; } export const next = () => ++Counter.count;',
    ],
    [
      'a property of globalThis',
      'const all = globalThis as any; export const next = () => (all.count = (all.count ?? 0) + 1);',
    ],
    [
      'a property of global',
      'const all = global as any; export const next = () => (all.count = (all.count ?? 0) + 1);',
    ],
  ])('%s', (_what, text) => {
    const solution = solutionOf(text);
    const one = solution.load(file, fakeRuntime().runtime) as Counter;
    const other = solution.load(file, fakeRuntime().runtime) as Counter;
    expect([one.next(), one.next(), other.next(), one.next()]).toEqual([1, 2, 1, 3]);
  });

  test('a module that two modules of a node import is the same for both', () => {
    const solution = solutionOf(
      "import { add } from './a'; import { count } from './b'; export const next = () => { add(); return count(); };",
      {
        'viewservice/shared.ts': 'export const all: number[] = [];',
        'viewservice/a.ts': "import { all } from './shared'; export const add = () => all.push(1);",
        'viewservice/b.ts':
          "import { all } from './shared'; export const count = () => all.length;",
      },
    );
    const one = solution.load(file, fakeRuntime().runtime) as Counter;
    const other = solution.load(file, fakeRuntime().runtime) as Counter;
    expect([one.next(), one.next(), other.next()]).toEqual([1, 2, 1]);
  });

  test('a module across the folders of a solution is loaded for each node, too', () => {
    const solution = solutionOf("export { next } from '../pbservice/counter';", {
      'pbservice/counter.ts': 'let count = 0; export const next = () => ++count;',
    });
    const one = solution.load(file, fakeRuntime().runtime) as Counter;
    const other = solution.load(file, fakeRuntime().runtime) as Counter;
    expect([one.next(), other.next(), one.next()]).toEqual([1, 1, 2]);
  });
});

describe('time and chance are those of the node', () => {
  test.each([
    ['Date.now()', Date.UTC(2030, 0, 1) + 1_234],
    ['new Date().getTime()', Date.UTC(2030, 0, 1) + 1_234],
    ['new Date().toISOString()', '2030-01-01T00:00:01.234Z'],
    ['new Date(5).getTime()', 5],
    ['new Date() instanceof Date', true],
    ['Date.UTC(1970, 0, 1)', 0],
    ['performance.now()', 1_234],
    ['globalThis.performance.now()', 1_234],
    ['process.hrtime.bigint()', 1_234_000_000n],
    ['process.hrtime()', [1, 234_000_000]],
    ['Math.max(1, 2)', 2],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, 1, 1_234)).toEqual(expected);
  });

  test.each([
    'Math.random()',
    'globalThis.Math.random()',
    'crypto.randomUUID()',
    '[...crypto.getRandomValues(new Uint8Array(16))]',
  ])('%s is repeatable, and depends on the seed', (expression) => {
    expect(evaluate(expression, 1)).toEqual(evaluate(expression, 1));
    expect(evaluate(expression, 2)).not.toEqual(evaluate(expression, 1));
  });

  test('crypto.randomUUID() looks like one', () => {
    expect(evaluate('crypto.randomUUID()')).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
  });

  test('timers fire in virtual time, and not when cleared', async () => {
    const text = `
      export const fired: string[] = [];
      export function run() {
        setTimeout((name: string) => fired.push(name), 100, 'timeout');
        setImmediate(() => fired.push('immediate'));
        clearTimeout(setTimeout(() => fired.push('cleared timeout'), 50));
        clearImmediate(setImmediate(() => fired.push('cleared immediate')));
        const repeated = setInterval(() => {
          fired.push('interval');
          if (fired.filter((name) => name === 'interval').length === 3) clearInterval(repeated);
        }, 40);
        clearTimeout(undefined);
      }`;
    const { runtime, pass } = fakeRuntime();
    const { run, fired } = solutionOf(text).load(file, runtime);
    (run as () => void)();
    expect(fired).toEqual([]);
    await pass(99);
    expect(fired).toEqual(['immediate', 'interval', 'interval']);
    await pass(1_000);
    expect(fired).toEqual(['immediate', 'interval', 'interval', 'timeout', 'interval']);
  });

  test('console goes to the log of the node', () => {
    const { runtime, logged } = fakeRuntime();
    const { run } = solutionOf("export const run = () => console.log('seen', 3);").load(
      file,
      runtime,
    );
    (run as () => void)();
    expect(logged).toEqual([['console', { text: 'seen 3' }]]);
  });

  test('a node sees neither arguments nor environment of the process', () => {
    expect(evaluate('[process.argv, process.env]')).toEqual([[], {}]);
  });
});

describe('what reaches the machine is an error that names the call', () => {
  test.each(['fs', 'node:fs', 'node:net', 'node:child_process', 'node:http', 'worker_threads'])(
    'import of %s',
    (name) => {
      const solution = solutionOf(`import * as it from '${name}'; export const run = it;`);
      const load = () => solution.load(file, fakeRuntime().runtime);
      expect(load).toThrow(SolutionError);
      expect(load).toThrow(`server.ts uses ${name}, which a node must not`);
    },
  );

  test.each(['fetch', 'globalThis.fetch', 'new WebSocket', 'new globalThis.WebSocket'])(
    '%s',
    (call) => {
      const name = call.split(/[ .]/).at(-1);
      expect(() => evaluate(`${call}('http://localhost')`)).toThrow(`${name} is not for nodes`);
    },
  );

  test('harmless modules are there', () => {
    const text = "import assert from 'node:assert'; export const run = () => assert.equal(1, 2);";
    const { run } = solutionOf(text).load(file, fakeRuntime().runtime);
    expect(run as () => void).toThrow('1 == 2');
  });
});

test('what a module adds to objects of the language is refused, as in the grader', () => {
  const text = '(Array.prototype as any).last = function () { return this[this.length - 1]; };';
  const load = () => solutionOf(text).load(file, fakeRuntime().runtime);
  expect(load).toThrow('it adds Array.prototype.last: nodes share the objects of the language');
  expect('last' in []).toBe(false);
});

describe('a solution that does not load', () => {
  test.each<[string, string, string]>([
    ['has a syntax error', 'export const = 3;', 'server.ts'],
    ['throws', "throw new Error('not today');", 'not today'],
    ['imports what is not there', "import { a } from './nowhere'; a();", 'no module ./nowhere'],
  ])('%s', (_what, text, message) => {
    const load = () => solutionOf(text).load(file, fakeRuntime().runtime);
    expect(load).toThrow(SolutionError);
    expect(load).toThrow(`${file} does not load: `);
    expect(load).toThrow(message);
  });

  test('a file that is not there', () => {
    const load = () => solutionOf('').load('client/node.ts', fakeRuntime().runtime);
    expect(load).toThrow('client/node.ts does not load');
  });
});

test('outside jest, where modules are Node.js ones, it is the same', () => {
  const program = `
    require('./runtime/typescript.cjs').register();
    const { Solution } = require('./nodes/sandbox/sandbox.ts');
    const runtime = { now: () => 77, random: () => 0.5, sleep: () => new Promise(() => {}), log() {} };
    const solution = new Solution(process.argv[1]);
    const load = () => solution.load('${file}', runtime);
    const [one, other] = [load(), load()];
    console.log(JSON.stringify([one.next(), one.next(), other.next(), one.time(), one.chance()]));
  `;
  const { root } = solutionOf(`
    let count = 0;
    export const next = () => ++count;
    export const time = () => performance.now();
    export const chance = () => Math.random();
  `);
  const options = { cwd: path.join(__dirname, '../..'), encoding: 'utf8' } as const;
  const output = execFileSync(process.execPath, ['-e', program, root], options);
  expect(JSON.parse(output)).toEqual([1, 2, 1, 77, 0.5]);
});
