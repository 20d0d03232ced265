/** Compiled schemas take what valibot takes, and copy it alike. */
import * as v from 'valibot';
import { PbService } from '../pbservice/api';
import { ViewService } from '../viewservice/api';
import { copyOf, undecided } from './compiled-schema';

type Schema = v.GenericSchema<unknown, unknown>;

const pieces = v.object({
  last: v.pipe(v.boolean(), v.description('True for the last one.')),
  entries: v.array(
    v.variant('of', [
      v.object({ of: v.literal('map'), key: v.string(), value: v.nullable(v.string()) }),
      v.object({ of: v.literal('duplicates'), seq: v.pipe(v.number(), v.minValue(0)) }),
    ]),
  ),
});
function agrees(schema: Schema, value: unknown): boolean {
  const copy = copyOf(schema, value);
  if (copy === undecided) return false;
  expect(v.safeParse(schema, value)).toMatchObject({ success: true, output: copy });
  expect(v.parse(schema, value)).toStrictEqual(copy);
  return true;
}

/** At the limits of each kind that is known, and just beyond them. */
const text = v.pipe(v.string(), v.minLength(2), v.maxLength(4), v.description('A text.'));
const limits: [string, Schema, unknown[]][] = [
  ['a text', text, ['a', 'ab', 'abcd', 'abcde', '', 12, null, undefined, ['ab']]],
  ['a number', v.number(), [0, -0, 1.5, -1, NaN, Infinity, '1', null]],
  [
    'a count',
    v.pipe(v.number(), v.safeInteger(), v.minValue(3)),
    [2, 3, 3.5, 2 ** 53 - 1, 2 ** 53, NaN, Infinity, '3'],
  ],
  ['a truth', v.boolean(), [true, false, 0, 'true', null]],
  ['a literal', v.literal('a'), ['a', 'b', null, ['a']]],
  ['a choice', v.picklist(['a', 'b']), ['a', 'b', 'c', '', null]],
  ['a text or null', v.nullable(text), ['ab', 'a', null, undefined]],
  ['texts', v.array(text), [[], ['ab'], ['ab', 'a'], [undefined], {}, { length: 0 }, 'ab']],
  [
    'an object',
    v.object({ a: text, b: v.nullable(v.number()) }),
    [
      ...[{ a: 'ab', b: 1 }, { a: 'ab', b: null, c: 1 }, { a: 'ab' }, { a: 'a', b: 1 }],
      ...[{ a: 'ab', b: undefined }, Object.create({ a: 'ab', b: 1 }), [], null, 'ab'],
    ],
  ],
  ['anything', v.object({ a: v.unknown() }), [{ a: undefined }, {}]],
  [
    'one of several objects',
    v.variant('of', [
      v.object({ of: v.literal('a'), n: v.number() }),
      v.object({ of: v.literal('b'), n: v.string() }),
    ]),
    [{ of: 'a', n: 1 }, { of: 'b', n: '1' }, { of: 'b', n: 1 }, { of: 'c', n: 1 }, { n: 1 }, null],
  ],
];

test.each(limits)('%s is taken just when valibot takes it', (_, schema, values) => {
  const taken = values.map((value) => agrees(schema, value));
  expect(taken).toEqual(values.map((value) => v.is(schema, value)));
  expect(new Set(taken)).toEqual(new Set([true, false]));
});

const view = { viewnum: 1, primary: 's1', backup: null };
const put = { op: 'put', key: '', value: 'x' };
const one = { of: 'map', key: '', value: null, more: 1 };

test.each<[string, Schema, unknown]>([
  ['a view', ViewService.methods.get.reply, { ...view, more: 1 }],
  ['an empty object', ViewService.methods.get.args, []],
  ['an operation', PbService.methods.operate.args, { client: 'c', seq: 1, operation: put }],
  ['its result', PbService.methods.operate.reply, { value: null }],
  ['pieces', pieces, { last: true, entries: [one, { of: 'duplicates', seq: 0 }] }],
])('what fits is decided here: %s', (_, schema, value) => {
  expect(agrees(schema, value)).toBe(true);
});

test('a kind that is not known here is left to valibot', () => {
  const schemas: Schema[] = [
    v.bigint(),
    v.object({ a: v.optional(v.string()) }),
    v.pipe(v.string(), v.trim()),
    v.pipe(
      v.number(),
      v.check(() => false),
    ),
    v.array(v.date()),
    v.variant('a', [v.object({ a: v.string() })]),
  ];
  for (const schema of schemas) {
    for (const value of [1n, { a: 'x' }, ' ', 1, []]) expect(copyOf(schema, value)).toBe(undecided);
  }
});
