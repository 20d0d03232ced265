/** Runs a scenario as a job says: with one seed after the other, until one fails. */

import { Solution } from '../../nodes/sandbox/sandbox';
import { inProcessArena } from '../../suite/campaigns/in-process-arena';
import { runCampaign } from '../../suite/campaigns/run-campaign';
import type { Job, JobResult } from '../../suite/run/job';
import { runScenario } from '../../suite/run/run-scenario';
import { runSeeds } from '../../suite/run/run-seeds';
import type { Scenario } from '../../suite/scenario/scenario';
import { studentFilesIn } from '../student-files';

export function runJob(
  scenario: Scenario,
  job: Job,
  onInput?: (node: string, what: string) => void,
): Promise<JobResult> {
  const solution = new Solution(job.root);
  // The compiler takes its time, and no node is to be blamed for it.
  for (const file of studentFilesIn(job.root)) {
    onInput?.('', `the compiler with ${file}`);
    solution.prepare(file);
  }
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
    run: (seed, tracing, kept) => runScenario(scenario, { ...options, seed, tracing, kept }),
  });
}
