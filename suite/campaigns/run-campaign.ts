/** Runs a campaign with one seed after the other, until one fails. */

import { withCause } from '../../judging/causes/proven-cause';
import type { JobResult } from '../run/job';
import { failureOfThrown } from '../run/thrown-failure';
import type { Arena, Campaign, CampaignResult, ScheduleMisfit } from '../scenario/campaign';

export interface CampaignRuns {
  readonly seeds: readonly number[];
  readonly arenaOf: (seed: number) => Arena;
  /** One run alone, as its schedule says it. */
  readonly choices?: string | undefined;
}

export async function runCampaign(campaign: Campaign, runs: CampaignRuns): Promise<JobResult> {
  const { seeds, arenaOf, choices } = runs;
  const startedAt = performance.now();
  let delivered = 0;
  let last: (CampaignResult & { readonly seed: number; readonly runs: number }) | undefined;
  for (const [done, seed] of seeds.entries()) {
    const result = await guarded(campaign, arenaOf(seed), choices);
    if ('misfit' in result) return misfitting(result, seed);
    delivered += result.delivered;
    const failure = result.failure && withCause(result.failure, result.trace);
    last = { ...result, failure, seed, runs: done + 1 };
    if (result.failure !== null) break;
  }
  if (last === undefined) throw new Error('a job needs at least one seed');
  const wallMs = performance.now() - startedAt;
  return { ...last, delivered, wallMs };
}

async function guarded(
  campaign: Campaign,
  arena: Arena,
  choices: string | undefined,
): Promise<CampaignResult | ScheduleMisfit> {
  try {
    if (choices === undefined) return await campaign.run(arena);
    const misfit = `${JSON.stringify(choices)} is no run of ${arena.scenario}`;
    return (await campaign.replay?.(arena, choices)) ?? { misfit };
  } catch (error) {
    return {
      failure: failureOfThrown(error, 'the runs to go to their end'),
      remark: '',
      delivered: 0,
      trace: [],
      history: [],
    };
  }
}

function misfitting({ misfit }: ScheduleMisfit, seed: number): JobResult {
  const nothing = { runs: 0, delivered: 0, wallMs: 0, trace: [], history: [] };
  return { failure: null, seed, misfit, ...nothing };
}
