/** Compiled schemas agree with valibot on every contract of the labs, whatever comes. */
import fc from 'fast-check';
import * as v from 'valibot';
import { PbService } from '../pbservice/api';
import { ViewService } from '../viewservice/api';
import { copyOf, undecided } from './compiled-schema';
import type { Service } from './service';

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
const services: readonly Service[] = [ViewService, PbService];
const schemas: readonly Schema[] = [
  pieces,
  ...services.flatMap(({ methods }) =>
    Object.values(methods).flatMap(({ args, reply }) => [args, reply]),
  ),
];

/** Values of about the right shape, and others. */
const keys = [
  'viewnum',
  'primary',
  'backup',
  'server',
  'op',
  'key',
  'value',
  'client',
  'seq',
  'of',
];
const leaf = fc.oneof(
  ...[fc.constantFrom(null, true, 0, 1, -1, 2 ** 53, Number.NaN, Infinity, undefined, '')],
  ...[fc.constantFrom('get', 'put', 'append', 'putHash', 'map', 'duplicates', 's1'), fc.string()],
);
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys, 'requests', 'entries', 'last', 'x'), tie('value')),
  ),
}));

function agrees(schema: Schema, value: unknown): boolean {
  const copy = copyOf(schema, value);
  if (copy === undecided) return false;
  expect(v.safeParse(schema, value)).toMatchObject({ success: true, output: copy });
  expect(v.parse(schema, value)).toStrictEqual(copy);
  return true;
}

test('what a compiled schema takes, valibot takes, and copies alike', () => {
  fc.assert(
    fc.property(fc.constantFrom(...schemas), anything, (schema, value) => {
      agrees(schema, value);
    }),
    { numRuns: 2_000 },
  );
});

const view = { viewnum: 1, primary: 's1', backup: null };
const one = { of: 'map', key: '', value: null, more: 1 };

test.each<[string, Schema, unknown]>([
  ['a view', ViewService.methods.get.reply, { ...view, more: 1 }],
  ['an empty object', ViewService.methods.get.args, []],
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
