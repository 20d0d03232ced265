/**
 * The passing run that is nearest to one that failed: of the same scenario with other seeds, the one
 * in which most of what happened is the same before they part. Side by side they show what made the
 * difference.
 */

import { compareRuns } from '../../viewer/model/compare';
import type { PassingRun, RunResult } from '../scenario/run-result';

/** The number of runs that are tried, and the milliseconds of computing for them; the page says which one was found. */
const maxTries = 20;
const limitMs = 1_500;

/**
 * Looks for the nearest run. `passed`: seeds that are known to pass; `others` are tried after them.
 * undefined: none of those that were tried passes.
 */
export async function nearestPassing(
  failed: Pick<RunResult, 'seed' | 'trace'>,
  seeds: { readonly passed: readonly number[]; readonly others: readonly number[] },
  run: (seed: number, tracing: boolean) => Promise<RunResult>,
): Promise<PassingRun | undefined> {
  const endsAt = performance.now() + limitMs;
  let nearest: PassingRun | undefined;
  let most = -1;
  for (const seed of candidates(failed.seed, [...seeds.passed, ...seeds.others])) {
    const { failure, trace, history } = await run(seed, true);
    if (failure === null) {
      const { shared } = compareRuns(failed.trace, trace);
      if (shared > most) nearest = { name: `seed ${seed}`, trace, history };
      most = Math.max(most, shared);
    }
    if (performance.now() > endsAt) break;
  }
  return nearest;
}

function candidates(failed: number, known: readonly number[]): number[] {
  const more = Array.from({ length: maxTries + 1 }, (_, i) => i + 1);
  return [...new Set([...known, ...more])].filter((seed) => seed !== failed).slice(0, maxTries);
}
