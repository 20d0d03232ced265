import { between, pick, seededRandom } from './seeded-random';

const draw = (random: () => number, count: number) => Array.from({ length: count }, random);

test('the same seed and stream give the same numbers', () => {
  expect(draw(seededRandom(7, 3), 100)).toEqual(draw(seededRandom(7, 3), 100));
});

test('other seeds and other streams give other numbers', () => {
  const first = draw(seededRandom(7, 3), 10);
  for (const other of [seededRandom(8, 3), seededRandom(7, 4), seededRandom(7 + 2 ** 32, 3)]) {
    expect(draw(other, 10)).not.toEqual(first);
  }
});

test('numbers lie in [0, 1) and are spread evenly, for neighbouring seeds too', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const numbers = draw(seededRandom(seed), 2_000);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  }
  const firsts = Array.from({ length: 1_000 }, (_, seed) => seededRandom(seed)());
  expect(new Set(firsts.map((number) => Math.floor(number * 10))).size).toBe(10);
});

test('between draws both ends, and nothing beyond them', () => {
  const random = seededRandom(1);
  const drawn = new Set(Array.from({ length: 500 }, () => between(random, -2, 3)));
  expect([...drawn].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
});

test('pick finds every item, and none in an empty list', () => {
  const random = seededRandom(1);
  const picked = new Set(Array.from({ length: 100 }, () => pick(random, ['a', 'b', 'c'])));
  expect([...picked].sort()).toEqual(['a', 'b', 'c']);
  expect(() => pick(random, [])).toThrow('empty list');
});
