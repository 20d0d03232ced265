/** The words of the operations that prove a violation can all be read. */
import { type Bar, placeLabels } from './labels';

const picture = [100, 900] as const;
const places = (...bars: Bar[]) => placeLabels(bars, ...picture);

test('words stand in a bar that is long enough, else beside it', () => {
  expect(places({ row: 0, x1: 200, x2: 500, width: 100 })).toEqual([
    { left: 206, line: 0, room: 100 },
  ]);
  expect(places({ row: 0, x1: 200, x2: 203, width: 100 })).toEqual([
    { left: 209, line: 0, room: 100 },
  ]);
  expect(places({ row: 0, x1: 850, x2: 853, width: 100 })[0]).toEqual({
    ...{ left: 744, line: 0, room: 100 },
  });
});

test.each([
  ['side by side', 200, 210],
  ['at the left edge', 101, 110],
  ['at the right edge', 880, 890],
  ['at the same moment', 500, 500],
])('the words of two bars %s do not lie on each other', (_, one, other) => {
  const bar = (x1: number): Bar => ({ row: 3, x1, x2: x1 + 3, width: 300 });
  const found = places(bar(one), bar(other), bar(other + 5));
  for (const [i, a] of found.entries()) {
    expect(a.left).toBeGreaterThanOrEqual(picture[0]);
    expect(a.left + a.room).toBeLessThanOrEqual(picture[1]);
    for (const b of found.slice(i + 1)) {
      const isApart = a.line !== b.line || a.left + a.room <= b.left || b.left + b.room <= a.left;
      expect(isApart).toBe(true);
    }
  }
});

test('words that are wider than the picture have as much of it as there is', () => {
  expect(places({ row: 0, x1: 500, x2: 503, width: 2_000 })).toEqual([
    { left: 100, line: -1, room: 800 },
  ]);
});
