/**
 * Runs the whole catalogue over and over, each time with other seeds: a correct solution must never
 * fail. This is how the lab shows that its verdicts can be trusted.
 */

import { arbitratedLabs } from '../../labtests/labs';
import { WorkerPool } from '../../labtests/workers/pool';
import { harmless } from '../../report/plain-text';
import { scheduleOf } from '../../report/report';
import type { JobResult } from '../../suite/run/job';
import type { Scenario } from '../../suite/scenario/scenario';
import type { CoordinationModel } from '../../worlds/coordination/programs';

export interface SoakOptions {
  /** How many runs of all scenarios. */
  readonly runs: number;
  readonly firstSeed: number;
  readonly root: string;
  /** The decider in the place of the view service: only the scenarios that fit it run then. */
  readonly arbiter?: CoordinationModel | undefined;
  readonly scenarios: readonly Scenario[];
  readonly print: (text: string) => void;
}

const reportEveryMs = 10_000;
/** Scenarios with fewer seeds are about large data, and run only once. */
const manySeeds = 20;

/** Returns the exit code. */
export async function soak({
  runs,
  firstSeed,
  root,
  arbiter,
  scenarios: wanted,
  print,
}: SoakOptions): Promise<number> {
  const pool = new WorkerPool();
  const fits = (scenario: Scenario) =>
    arbiter === undefined || arbitratedLabs().some((lab) => lab.fits(scenario, arbiter, false));
  const scenarios = wanted.filter(fits);
  const failures: string[] = [];
  let finished = 0;
  let delivered = 0;
  let lastReport = Date.now();
  const settle = (id: string, result: JobResult) => {
    finished += result.runs;
    delivered += result.delivered;
    if (result.failure !== null) {
      const schedule = scheduleOf(id, result.seed);
      failures.push(schedule);
      const { expected, actual } = harmless(result.failure);
      print(`FAIL ${schedule}: expected ${expected}, got ${actual}`);
    }
  };
  try {
    // In slices, so that progress can be told and a failure early on is seen early.
    const slice = 25;
    for (let done = 0; done < runs; done += slice) {
      const count = Math.min(slice, runs - done);
      const seeds = Array.from({ length: count }, (_, i) => firstSeed + done + i);
      await Promise.all(
        scenarios.map(async ({ id, seeds: usual }) => {
          const chosen = usual >= manySeeds ? seeds : seeds.slice(0, done === 0 ? 1 : 0);
          if (chosen.length > 0)
            settle(id, await pool.run({ scenario: id, seeds: chosen, root, arbiter }));
        }),
      );
      if (Date.now() - lastReport > reportEveryMs || done + count >= runs) {
        lastReport = Date.now();
        print(`${done + count} of ${runs} full runs, ${failures.length} failures`);
      }
    }
  } finally {
    await pool.close();
  }
  print(
    `${runs} full runs of ${scenarios.length} scenarios: ${finished} scenario runs, ` +
      `${delivered} messages delivered, ${failures.length} failures`,
  );
  return failures.length === 0 ? 0 : 1;
}
