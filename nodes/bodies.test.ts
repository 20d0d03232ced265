/** Bodies: what is read of a long one is what JSON makes of it, and belongs to the reader alone. */
import { Bodies } from './bodies';

const long = 'x'.repeat(30_000);

function written(value: unknown) {
  const bodies = new Bodies();
  const text = bodies.write(value);
  const parse = jest.spyOn(JSON, 'parse');
  try {
    const read = bodies.read(text);
    return { read, text, wasParsed: parse.mock.calls.length > 0 };
  } finally {
    parse.mockRestore();
  }
}

test.each([
  ['a text', long],
  ['a request', { client: 'c1', seq: 3, operation: { op: 'put', key: '', value: long } }],
  ['entries', { entries: [{ key: 'a', value: long }, null, true, [1.5, []]], last: false }],
  ['numbers that JSON has not', { value: long, n: [Number.NaN, Number.POSITIVE_INFINITY, -0] }],
  ['what is not there', { value: long, left: undefined }],
  ['half a character', `${long}\ud83d`],
  ['names that are numbers', { value: long, b: 1, 2: 2, 1: 1 }],
])('%s is copied, as JSON would', (_name, value) => {
  const { read, text, wasParsed } = written(value);
  expect(wasParsed).toBe(false);
  expect(JSON.stringify(read)).toBe(text);
  expect(read).toEqual(JSON.parse(text));
});

const holes: unknown[] = [long];
holes[2] = 1;
class Odd {
  value = long;
  toJSON() {
    return 'odd';
  }
}
test.each([
  ['an object that says itself how it is written', { odd: new Odd(), value: long }],
  ['a list that says so', { list: Object.assign([1], { toJSON: () => 'odd' }), value: long }],
  ['a date', { value: long, at: new Date(0) }],
  ['a map', { value: long, map: new Map([[1, 2]]) }],
  ['a boxed text', [Object(long)]],
  [
    'a getter',
    {
      value: long,
      get now() {
        return 1;
      },
    },
  ],
  ['a function', { value: long, f() {} }],
  ['undefined in a list', [long, undefined]],
  ['a hole', holes],
  ['__proto__', JSON.parse(`{"__proto__":{"a":1},"value":"${long}"}`)],
  ['many parts', Array(2_000).fill('0123456789')],
])('%s is left to JSON', (_name, value) => {
  const { read, text, wasParsed } = written(value);
  expect(wasParsed).toBe(true);
  expect(JSON.stringify(read)).toBe(text);
});

test('a reader changes neither what others read nor what the writer has', () => {
  const bodies = new Bodies();
  const value = { list: [1, 2], value: long };
  const text = bodies.write(value);
  const first = bodies.read(text) as typeof value;
  first.list.push(3);
  value.list.push(4);
  expect(bodies.read(text)).toEqual({ list: [1, 2], value: long });
});

test('the last ones are kept', () => {
  const bodies = new Bodies();
  const text = bodies.write({ value: long });
  for (let i = 0; i < 100; i += 1) bodies.write({ value: long, i });
  expect(bodies.read(text)).toEqual({ value: long });
  expect(Object.values(bodies).flat().length).toBeLessThan(100);
});
