import { median, percentile, table } from './statistics';

test('a percentile is a value that was measured', () => {
  const samples = [5, 1, 4, 2, 3];
  expect(percentile(samples, 0.5)).toBe(3);
  expect(percentile(samples, 0.99)).toBe(5);
  expect(percentile(samples, 0)).toBe(1);
  expect(percentile([7], 0.99)).toBe(7);
  expect(samples).toEqual([5, 1, 4, 2, 3]);
});

test('of a thousand samples, ten are above the 99th percentile', () => {
  const samples = Array.from({ length: 1_000 }, (_, index) => index + 1);
  expect(percentile(samples, 0.99)).toBe(990);
});

test('the median of an odd and of an even number of values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a table is as wide as its widest cells', () => {
  expect(table(['a', 'puts/s'], [['12', '7']])).toBe(' a  puts/s\n12       7');
});
