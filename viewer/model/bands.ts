/** Samples of what a server was, put together to bands. */
import { type Band, type Sample, sampleMs } from './live-data';

export interface RunOfBand {
  readonly band: Band;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Samples that are farther apart than this belong to no one band: in between nobody looked. */
const longestGapMs = 4 * sampleMs;

/** Puts equal samples of one server together; `lane`: which server. */
export function runsOf(samples: readonly Sample[], lane: number): RunOfBand[] {
  const runs: { band: Band; fromMs: number; toMs: number }[] = [];
  for (const { at, bands } of samples) {
    const band = bands[lane];
    if (band === undefined) continue;
    const last = runs.at(-1);
    const isNext = last !== undefined && at - last.toMs < longestGapMs;
    if (isNext && last.band === band) last.toMs = at;
    else runs.push({ band, fromMs: isNext ? last.toMs : at - sampleMs, toMs: at });
  }
  return runs;
}
