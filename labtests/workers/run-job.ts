/** Runs a scenario as a job says: with one seed after the other, until one fails. */
import { inProcessArena } from '../campaign/in-process-arena';
import { runCampaign } from '../campaign/run-campaign';
import { runScenario } from '../run-scenario';
import type { Scenario } from '../scenario/scenario';
import { Solution } from '../simulated/sandbox';
import type { Job, JobResult } from './job';
import { runSeeds } from './run-seeds';

export function runJob(
  scenario: Scenario,
  job: Job,
  onInput?: (node: string, what: string) => void,
): Promise<JobResult> {
  const solution = new Solution(job.root);
  const watched = { solution, ...(onInput && { onInput }) };
  const { seeds, choices } = job;
  if (scenario.campaign !== undefined) {
    const arenaOf = (seed: number) => inProcessArena({ ...watched, scenario: scenario.id, seed });
    return runCampaign(scenario.campaign, { seeds, arenaOf, choices });
  }
  const options = { ...watched, arbiter: job.arbiter };
  return runSeeds({
    seeds,
    keepTrace: job.keepTrace,
    findsNearest: job.findsNearest,
    run: (seed, tracing) => runScenario(scenario, { ...options, seed, tracing }),
  });
}
