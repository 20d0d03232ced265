/** Sweeps the arbiters over and over, each time with another network and other clocks. */

import { arbitratedLabs } from '../../labtests/labs';
import { Solution } from '../../nodes/sandbox/sandbox';
import { columnTrace } from '../../report/columns';
import { arbitratedArena } from '../../suite/campaigns/arbitrated-arena';
import type { CoordinationModel } from '../../worlds/coordination/programs';

export interface SoakSweptOptions {
  readonly runs: number;
  readonly firstSeed: number;
  readonly root: string;
  readonly arbiter: CoordinationModel;
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
    for (const { sweep } of arbitratedLabs()) {
      const { failure, remark, schedule, trace } = await sweep.run(arena);
      if (failure === null) {
        print(`${arbiter}, seed ${seed}: ${remark}, 0 failures`);
        continue;
      }
      print(`FAIL ${schedule}: expected ${failure.expected}, got ${failure.actual}`);
      for (const line of columnTrace(trace, { most: shownEvents })) print(line);
      print(`Again: npm run test:soak -- --arbiter ${arbiter} --swept --runs 1 --seed ${seed}`);
      return 1;
    }
  }
  return 0;
}
