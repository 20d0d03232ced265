/** Texts of failures, which may be of any length. */
import { shorten, shortenBoth } from './recorder';

test('short texts are shown whole, long ones from their beginning', () => {
  expect(shorten(null)).toBe('nothing');
  expect(shorten('a"b')).toBe('"a\\"b"');
  expect(shorten('x'.repeat(61))).toBe(`"${'x'.repeat(50)}"... (61 characters)`);
});

test('of two long texts the place is shown where they begin to differ', () => {
  const long = (middle: string, more = 500) => `${'x'.repeat(999)}${middle}${'y'.repeat(more)}`;
  expect(shortenBoth(long('A'), long('B'))).toEqual([
    `..."${'x'.repeat(20)}A${'y'.repeat(29)}"... (characters 980 to 1029 of 1500)`,
    `..."${'x'.repeat(20)}B${'y'.repeat(29)}"... (characters 980 to 1029 of 1500)`,
  ]);
  // One ends where the other goes on.
  expect(shortenBoth(long('', 0), long('A', 0))).toEqual([
    `..."${'x'.repeat(20)}" (characters 980 to 999 of 999)`,
    `..."${'x'.repeat(20)}A" (characters 980 to 1000 of 1000)`,
  ]);
});

test('where a difference shows anyway, texts are as ever', () => {
  const early = `begins ${'x'.repeat(100)}`;
  for (const [a, b] of [
    [early, `other ${early}`],
    ['a'.repeat(55), `${'a'.repeat(54)}b`],
    [early, null],
    [null, null],
  ] as const) {
    expect(shortenBoth(a, b)).toEqual([shorten(a), shorten(b)]);
  }
});
