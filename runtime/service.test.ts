import * as v from 'valibot';
import { RpcError } from './errors';
import { defineService, excerpt, validate } from './service';

const Shop = defineService('Shop', 'For these tests.', {
  buy: {
    doc: 'Buys things.',
    args: v.object({
      what: v.string(),
      count: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      gifts: v.optional(v.array(v.object({ to: v.string() }))),
    }),
    reply: v.object({ price: v.nullable(v.number()) }),
  },
});

function errorOf(part: 'args' | 'reply', value: unknown, method = 'buy'): RpcError {
  try {
    validate(Shop, method, part, value);
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new Error('expected validate to throw');
}

test('what fits comes back, as a copy', () => {
  const args = { what: 'tea', count: 2 };
  const checked = validate(Shop, 'buy', 'args', args);
  expect(checked).toEqual(args);
  expect(checked).not.toBe(args);
});

test('fields that are not in the contract are dropped', () => {
  const args = { what: 'tea', count: 2, discount: 100 };
  expect(validate(Shop, 'buy', 'args', args)).toEqual({ what: 'tea', count: 2 });
});

test('a field named __proto__ changes no prototype', () => {
  const args = JSON.parse('{"what":"tea","count":2,"__proto__":{"admin":true}}');
  const checked = validate(Shop, 'buy', 'args', args) as Record<string, unknown>;
  expect(checked).toEqual({ what: 'tea', count: 2 });
  expect(checked.admin).toBeUndefined();
  expect(({} as Record<string, unknown>).admin).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['a missing field', { count: 1 }, 'Shop.buy: args.what: expected "what", got undefined'],
  ['a wrong type', { what: 'a', count: '1' }, 'Shop.buy: args.count: expected number, got "1"'],
  ['a bound', { what: 'a', count: 0 }, 'Shop.buy: args.count: expected >=1, got 0'],
  [
    'a field within a field',
    { what: 'a', count: 1, gifts: [{ to: 'b' }, { to: 7 }] },
    'Shop.buy: args.gifts.1.to: expected string, got 7',
  ],
  ['no object at all', null, 'Shop.buy: args: expected Object, got null'],
])(
  '%s: the message names the field, what was expected and what was got',
  (_what, args, message) => {
    expect(errorOf('args', args)).toMatchObject({ code: 'malformed', message });
  },
);

test('a reply that does not fit is the fault of the server: bad-reply', () => {
  expect(errorOf('reply', { price: 'much' })).toMatchObject({ code: 'bad-reply', definite: false });
});

test.each(['sell', '__proto__', 'constructor', ''])('there is no method %p', (method) => {
  const error = errorOf('args', {}, method);
  expect(error.code).toBe('unknown-method');
  expect(error.message).toMatch(/^Shop has no method .*; it has buy$/);
});

test('of a long text, a message has only the beginning', () => {
  expect(excerpt('short')).toBe('short');
  expect(excerpt('x'.repeat(1_000))).toBe(`${'x'.repeat(80)}...`);
});
