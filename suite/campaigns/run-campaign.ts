/** Runs a campaign with one seed after the other, until one fails. */
import { messageOf } from '../../../runtime/errors';
import type { JobResult } from '../runner/job';
import type { Failure } from '../scenario/failure';
import { SolutionError } from '../simulated/sandbox';
import type { Arena, Campaign, CampaignResult, Misfit } from './campaign';

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
    last = { ...result, seed, runs: done + 1 };
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
): Promise<CampaignResult | Misfit> {
  try {
    if (choices === undefined) return await campaign.run(arena);
    const misfit = `${JSON.stringify(choices)} is no run of ${arena.scenario}`;
    return (await campaign.replay?.(arena, choices)) ?? { misfit };
  } catch (error) {
    return { failure: failureOf(error), remark: '', delivered: 0, trace: [], history: [] };
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof SolutionError) {
    return { kind: 'broken code', expected: 'the solution to load', actual: error.message };
  }
  const details = error instanceof Error ? (error.stack?.split('\n').slice(1, 6) ?? []) : [];
  return {
    ...{ kind: 'framework', expected: 'the runs to go to their end', actual: messageOf(error) },
    details,
  };
}

function misfitting({ misfit }: Misfit, seed: number): JobResult {
  const nothing = { runs: 0, delivered: 0, wallMs: 0, trace: [], history: [] };
  return { failure: null, seed, misfit, ...nothing };
}
