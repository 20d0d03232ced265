import { runsOf } from './bands';
import { type Band, type Sample, sampleMs } from './live-data';

function samples(...bands: readonly (Band | undefined)[]): Sample[] {
  return bands.flatMap((band, index) =>
    band === undefined
      ? []
      : [
          {
            at: (index + 1) * sampleMs,
            bands: ['decides', band] as const,
            ...{ done: 0, failed: 0, medianMs: null, longestMs: null },
          },
        ],
  );
}

test('equal samples make one band, and bands follow each other without a hole', () => {
  expect(runsOf(samples('backup', 'backup', 'primary'), 1)).toEqual([
    { band: 'backup', fromMs: 0, toMs: 2 * sampleMs },
    { band: 'primary', fromMs: 2 * sampleMs, toMs: 3 * sampleMs },
  ]);
});

test('where nobody looked there is a hole', () => {
  const hole = [undefined, undefined, undefined, undefined];
  expect(runsOf(samples('idle', ...hole, 'idle'), 1)).toEqual([
    { band: 'idle', fromMs: 0, toMs: sampleMs },
    { band: 'idle', fromMs: 5 * sampleMs, toMs: 6 * sampleMs },
  ]);
});

test('a server that is not sampled has no bands', () => {
  expect(runsOf(samples('idle'), 2)).toEqual([]);
});
