import { lastingClock } from './clock';

function clocks() {
  const at = { monotonic: 1_000, wall: 50_000 };
  const clock = lastingClock(
    () => at.monotonic,
    () => at.wall,
  );
  const start = clock();
  const pass = (monotonicMs: number, wallMs: number) => {
    at.monotonic += monotonicMs;
    at.wall += wallMs;
    return clock() - start;
  };
  return pass;
}

test('it runs like the monotonic clock, whatever the wall clock rounds to', () => {
  const pass = clocks();
  for (let i = 1; i <= 1_000; i += 1) expect(pass(0.25, i % 4 === 0 ? 1 : 0)).toBeCloseTo(i / 4);
});

test('the sleep of the machine counts', () => {
  const pass = clocks();
  pass(100, 100);
  expect(pass(10, 5_010)).toBe(5_110);
  expect(pass(10, 10)).toBe(5_120);
});

test('it never goes back, even if somebody sets the wall clock back', () => {
  const pass = clocks();
  expect(pass(0, 3_600_000)).toBe(3_600_000);
  expect(pass(10, -3_600_000)).toBe(3_600_010);
  expect(pass(10, 10)).toBe(3_600_020);
});
