import { HangLimits } from './hang-limits';

test('only what has hung has less time from then on', () => {
  const hangs = new HangLimits(10_000, 500);
  hangs.hasHung('PbService.operate');
  expect(hangs.limitMs('PbService.operate')).toBe(500);
  expect(hangs.limitMs('tick')).toBe(10_000);
});
