import { chainedHash } from './chained-hash';

test.each([
  // Published test vectors of FNV-1a, 32 bits.
  ['', '', 0x811c9dc5],
  ['', 'a', 0xe40c292c],
  ['foo', 'bar', 0xbf9cf968],
])('the hash of %j and %j', (previous, value, expected) => {
  expect(chainedHash(previous, value)).toBe(String(expected));
});

test('the hash depends on the order of the values', () => {
  const after = (...values: string[]) => values.reduce(chainedHash, '');
  expect(after('a', 'b')).not.toBe(after('b', 'a'));
});
