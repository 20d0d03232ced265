/**
 * Runs the whole catalogue over and over, each time with other seeds: a correct solution must never
 * fail. This is how the lab shows that its verdicts can be trusted.
 */
import { allScenarios } from '../../catalogue';
import type { ModelName } from '../coordination/programs';
import { fits } from '../coordination/scenarios';
import { scheduleOf } from '../report/report';
import type { JobResult } from './job';
import { Pool } from './pool';

export interface SoakOptions {
  /** How many runs of all scenarios. */
  readonly runs: number;
  readonly firstSeed: number;
  readonly root: string;
  /** Who decides in the place of the view service: only the scenarios that fit him then. */
  readonly arbiter?: ModelName | undefined;
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
  print,
}: SoakOptions): Promise<number> {
  const pool = new Pool();
  const scenarios =
    arbiter === undefined ? allScenarios() : allScenarios().filter((one) => fits(one, arbiter));
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
      print(`FAIL ${schedule}: expected ${result.failure.expected}, got ${result.failure.actual}`);
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
