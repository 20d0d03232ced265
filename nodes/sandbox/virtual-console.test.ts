/** Lines that a node prints stand in its log as a terminal would show them. */

import { columnTrace } from '../../report/columns';
import type { Runtime } from '../../runtime/node';
import { virtualConsole } from './virtual-console';

function printed(use: (console: Console) => void): string[] {
  const texts: string[] = [];
  let clock = 0;
  const runtime = {
    now: () => {
      clock += 12.5;
      return clock;
    },
    log: (event: string, fields: { text: string }) => {
      expect(event).toBe('console');
      texts.push(fields.text);
    },
  };
  use(virtualConsole(runtime as unknown as Runtime) as Console);
  return texts;
}

test('values are shown as Node shows them', () => {
  const texts = printed((console) => {
    console.log('got', { a: 1 }, [1, 2], "it's", new Map([['k', 'v']]), null, undefined);
    console.log('%s has %d: %j', 's1', 3, { a: 1 });
    console.info({ nested: { one: { two: { three: 3 } } }, text: 'a rather long line'.repeat(5) });
    console.log();
  });
  expect(texts).toEqual([
    "got { a: 1 } [ 1, 2 ] it's Map(1) { 'k' => 'v' } null undefined",
    's1 has 3: {"a":1}',
    `{\n  nested: { one: { two: [Object] } },\n  text: '${'a rather long line'.repeat(5)}'\n}`,
    '',
  ]);
});

test.each(['log', 'info', 'warn', 'error', 'debug'] as const)('console.%s', (name) => {
  expect(printed((console) => console[name]('x', 1))).toEqual(['x 1']);
});

test('tables, groups, counts, assertions, objects, traces', () => {
  const texts = printed((console) => {
    console.table([{ server: 's1', role: 'primary' }]);
    console.group('view');
    console.log('one\ntwo');
    console.groupEnd();
    console.count('pings');
    console.assert(1 > 0, 'right');
    console.assert(1 < 0, 'wrong', { a: 1 });
    console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
    console.trace('here');
  });
  expect(texts[0]).toContain("│ 0       │ 's1'   │ 'primary' │");
  expect(texts.slice(1, -1)).toEqual([
    'view',
    '  one\n  two',
    'pings: 1',
    'Assertion failed: wrong { a: 1 }',
    '{ a: [Object] }',
  ]);
  expect(texts.at(-1)).toMatch(/^Trace: here\n\s+at /);
});

test('a stopwatch goes by the clock of the node', () => {
  const texts = printed((console) => {
    console.time('transfer');
    console.timeLog('transfer', { chunk: 1 });
    console.timeEnd('transfer');
    console.timeEnd('transfer');
  });
  expect(texts).toEqual(['transfer: 12.5 ms { chunk: 1 }', 'transfer: 25 ms']);
});

test('what throws when it is looked at is a line all the same', () => {
  const hostile = {
    [Symbol.for('nodejs.util.inspect.custom')]() {
      throw new Error('no');
    },
  };
  const [text] = printed((console) => console.log('seen', hostile));
  expect(text).toMatch(/^console\.log failed \(no\) with 'seen', \{/);
});

test('the columns show it whole, line by line', () => {
  const text = `got { a: 1 } ${'x'.repeat(200)}\nand more`;
  const lines = columnTrace([
    { t: 0, node: 'c1', type: 'start' },
    { t: 1, node: 's1', type: 'log', event: 'console', fields: { text } },
  ]);
  const [first = '', second = ''] = lines.slice(-2);
  expect(first.trim()).toBe(`1.0  ${' '.repeat(26)}console: got { a: 1 } ${'x'.repeat(200)}`);
  expect(second.trim()).toBe('and more');
  expect(second.indexOf('and more')).toBe(first.indexOf('got'));
});
