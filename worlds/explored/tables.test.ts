import fc from 'fast-check';
import { HashSet, Interner, PairTable, RecordPool } from './tables';

const number31 = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test('a table of pairs holds what was put in, while it grows', () => {
  const entries = fc.uniqueArray(fc.tuple(number31, fc.integer()), {
    maxLength: 200,
    selector: ([first, second]) => `${first} ${second}`,
  });
  fc.assert(
    fc.property(entries, (pairs) => {
      const table = new PairTable(4);
      for (const [i, [first, second]] of pairs.entries()) {
        expect(table.get(first, second)).toBe(-1);
        table.add(first, second, i);
      }
      expect(pairs.map(([first, second]) => table.get(first, second))).toEqual([...pairs.keys()]);
    }),
    { numRuns: 30 },
  );
});

test('a set of hashes says what is new, while it grows', () => {
  const word = fc.integer({ min: -3, max: 3 }).map((small) => (small === 0 ? 1 : small));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, fc.oneof(word, fc.integer())), { maxLength: 200 }),
      (words) => {
        const set = new HashSet(4);
        const model = new Set<string>();
        for (const [low, high] of words) {
          expect(set.add(low, high)).toBe(!model.has(`${low} ${high}`));
          model.add(`${low} ${high}`);
        }
        expect(set.size).toBe(model.size);
      },
    ),
    { numRuns: 50 },
  );
});

test('texts have one number each, and records stay in order', () => {
  const interner = new Interner();
  expect(['a', 'b', 'a'].map((text) => interner.id(text))).toEqual([0, 1, 0]);
  expect([interner.text(1), interner.size]).toEqual(['b', 2]);
  const pool = new RecordPool(2);
  pool.push(7);
  pool.append(Int32Array.of(1, 2, 3, 4), 3);
  expect([...pool.words.slice(0, pool.length)]).toEqual([7, 1, 2, 3]);
});
