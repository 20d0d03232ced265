import { seededRandom } from '../../../runtime/seeded-random';
import { ConfigurationCache } from './configuration-cache';

test('the cache knows exactly the records that were added', () => {
  const cache = new ConfigurationCache(3);
  const known = new Set<string>();
  const random = seededRandom(1);
  let mistakes = 0;
  for (let count = 0; count < 20_000; count++) {
    const record = Int32Array.from({ length: 3 }, () => Math.floor(random() * 24) - 12);
    if (cache.add(record) === known.has(record.join())) mistakes++;
    known.add(record.join());
  }
  expect(mistakes).toBe(0);
  expect(cache.size).toBe(known.size);
  expect(known.size).toBeGreaterThan(5_000);
});

test('the cache tells its size, and before it grows how much that takes', () => {
  const cache = new ConfigurationCache(1);
  let growths = 0;
  for (let value = 0; value < 1_000; value++) {
    const promised = cache.peakBytes;
    const before = cache.sizeBytes;
    cache.add(Int32Array.of(value));
    if (cache.sizeBytes > before) growths++;
    expect(cache.sizeBytes).toBeLessThanOrEqual(promised);
  }
  expect(growths).toBe(6);
});
