/** Sweeps the arbiters over and over, each time with another network and other clocks. */
import { columnTrace } from '../report/columns';
import { Solution } from '../simulated/sandbox';
import type { ModelName } from './programs';
import { arbitratedArena, arbitratedSweep } from './sweeps';

export interface SoakSweptOptions {
  readonly runs: number;
  readonly firstSeed: number;
  readonly root: string;
  readonly arbiter: ModelName;
  readonly print: (text: string) => void;
}

/** The events that are shown of a run that fails, the last ones. */
const shownEvents = 60;

/** Ends at the first failure. Returns the exit code. */
export async function soakSwept(options: SoakSweptOptions): Promise<number> {
  const { runs, firstSeed, root, arbiter, print } = options;
  const solution = new Solution(root);
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const arena = arbitratedArena({ arbiter, solution, seed });
    const { failure, remark, schedule, trace } = await arbitratedSweep.run(arena);
    if (failure === null) {
      print(`${arbiter}, seed ${seed}: ${remark}, 0 failures`);
      continue;
    }
    print(`FAIL ${schedule}: expected ${failure.expected}, got ${failure.actual}`);
    for (const line of columnTrace(trace, { most: shownEvents })) print(line);
    print(`Again: npm run test:soak -- --arbiter ${arbiter} --swept --runs 1 --seed ${seed}`);
    return 1;
  }
  return 0;
}
