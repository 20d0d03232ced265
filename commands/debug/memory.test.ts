/** The memory of nodes as tables. */
import type { Json } from '../../runtime/node';
import { memoryOf } from './memory';

const node = (inspected: Json) => ({ inspected, operation: null });
const server = (name: string, missedPings: number) => ({ server: name, missedPings });

test('records of several kinds are one table each, without what tells nothing, and with what is new', () => {
  const written = { of: 'map', key: 'x', value: 'a' };
  const answered = (seq: number) => ({ of: 'duplicates', client: 'c', seq, value: null });
  const before = node({ position: 1, state: [written, answered(1)] });
  const now = node({ position: 2, state: [written, { ...written, key: ' ' }, answered(2)] });
  expect(memoryOf(now, before)).toEqual([
    { name: 'position', value: '2', isChanged: true, tables: [] },
    {
      name: 'state',
      value: expect.stringContaining('key "x"'),
      isChanged: true,
      tables: [
        {
          ...{ name: 'map', columns: ['key', 'value'], more: 0 },
          rows: [
            { cells: ['x', 'a'], isChanged: false },
            { cells: ['" "', 'a'], isChanged: true },
          ],
        },
        {
          ...{ name: 'duplicates', columns: ['client', 'seq'], more: 0 },
          rows: [{ cells: ['c', '2'], isChanged: true }],
        },
      ],
    },
  ]);
});

test('nothing is new at the beginning, and a list that was empty before is', () => {
  const now = node({ servers: [server('s1', 0)] });
  const isNew = (before: Json | undefined) =>
    memoryOf(now, before === undefined ? undefined : node(before)).map(({ isChanged, tables }) => [
      isChanged,
      tables[0]?.rows[0]?.isChanged,
    ]);
  expect(isNew(undefined)).toEqual([[false, false]]);
  expect(isNew({ servers: [] })).toEqual([[true, true]]);
  expect(isNew({ servers: [server('s1', 1)] })).toEqual([[true, true]]);
  expect(isNew({ servers: [server('s1', 0), server('s2', 0)] })).toEqual([[true, false]]);
  // A node that was down shows nothing.
  expect(isNew(null)).toEqual([[true, true]]);
});

test('a long list ends, and what is no list of small records has no table', () => {
  const servers = Array.from({ length: 50 }, (_, i) => server(`s${i}`, i));
  const [field] = memoryOf(node({ servers }), undefined);
  expect(field?.tables[0]?.rows).toHaveLength(20);
  expect(field?.tables[0]?.more).toBe(30);
  const wide = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`f${i}`, i]));
  const others = { numbers: [1, 2], view: { viewnum: 1 }, none: [], mixed: [1, {}], wide: [wide] };
  expect(memoryOf(node(others), undefined).flatMap(({ tables }) => tables)).toEqual([]);
});

test('what a client asks comes first', () => {
  const asked = { inspected: null, operation: { op: 'get', key: 'x' } } as const;
  const field = { name: 'operation', value: 'get("x")', isChanged: true, tables: [] };
  expect(memoryOf(asked, node(null))).toEqual([field]);
  const again = { ...asked, operation: { ...asked.operation } };
  expect(memoryOf(again, asked)).toEqual([{ ...field, isChanged: false }]);
});
