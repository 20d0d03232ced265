/** Whatever is thrown, people are told of it in a text of some hundred characters. */
import { RpcError, refusalIn } from './errors';
import { bugOf } from './node-bug';
import { describeThrown, shown } from './thrown-value';

const getter = (name: string) =>
  Object.defineProperty(new Error('oh'), name, {
    get() {
      throw new Error('no');
    },
  });
const hostile = new Proxy(
  {},
  Object.fromEntries(
    ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'].map((trap) => [
      trap,
      () => {
        throw new Error('no');
      },
    ]),
  ),
);
class Own {
  readonly field = 1;
}

test.each([
  ['an error', new TypeError('oh'), 'oh'],
  ['a text', 'oh', 'oh'],
  ['no text', '', 'an empty text'],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a symbol', Symbol('why'), 'Symbol(why)'],
  ['a BigInt', 12n, '12n'],
  ['what is like an error', { code: 'malformed', message: 'oh' }, 'oh'],
  ['an error without a message', new TypeError(), 'something without a text: TypeError'],
  ['an error whose message throws', getter('message'), 'something without a text: Error'],
  ['an error whose name and stack throw', getter('stack'), 'oh'],
  ['an object of a class', new Own(), 'something without a text: Own { field: 1 }'],
  ['a bare object', Object.create(null), 'something without a text: [Object: null prototype] {}'],
  ['a Proxy', hostile, 'something without a text: a Proxy'],
  [
    'one that inherits from it',
    Object.create(hostile),
    expect.stringMatching(/^something without/),
  ],
  ['a long text', 'x'.repeat(5_000), `${'x'.repeat(300)}... (5,000 characters)`],
])('%s', (_name, thrown, message) => {
  expect(describeThrown(thrown).message).toEqual(message);
  expect(bugOf('tick', thrown)).toMatchObject({ where: 'tick', message });
});

test('the places of a stack are kept, however long the message before them is', () => {
  const { message, frames } = describeThrown(new Error('y\n'.repeat(1_000_000)));
  expect(message.length).toBeLessThan(400);
  expect(frames[0]).toMatch(/^at .*thrown-value\.test/);
  expect(frames.length).toBeLessThanOrEqual(10);
});

test('a refusal is what an RpcError says, as long as it still is one', () => {
  expect(refusalIn(new RpcError('timeout', 'late'))).toEqual({ code: 'timeout', message: 'late' });
  const changed = Object.assign(new RpcError('timeout', 'late'), { code: 'whatever' });
  expect(refusalIn(changed)).toBeUndefined();
  for (const other of [new Error('late'), hostile, Object.create(hostile), null]) {
    expect(refusalIn(other)).toBeUndefined();
  }
});

test('values are shown in a line, without running their code', () => {
  expect(shown({ value: { a: 1 } })).toBe('{ value: { a: 1 } }');
  expect(
    shown({
      get value() {
        throw new Error('no');
      },
    }),
  ).toBe('{ value: [Getter] }');
  expect(shown('x'.repeat(1_000_000)).length).toBeLessThan(200);
  expect(shown(hostile)).toBe('a Proxy');
});
