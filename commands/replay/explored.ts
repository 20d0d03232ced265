/** Runs a schedule of a system once more and shows what happened. */

import { columnTrace } from '../../report/columns';
import { UsageError } from '../../runtime/terminal/exit';
import type { WatchedCode } from '../../worlds/explored/watchdog';
import { describeViolation, walkLines, walkText } from '../explore/explore';
import { keepWalk } from '../explore/kept-walk';

export interface ReplayExploredOptions {
  readonly schedule: string;
  /** How many events to show of a run that passes. */
  readonly events: number;
  readonly root: string;
  readonly watched?: WatchedCode;
}

/** Returns the exit code: 0 it passes, 1 it fails, 2 the schedule no longer fits the code. */
export async function replayExplored(options: ReplayExploredOptions): Promise<number> {
  const { schedule, events, root, watched } = options;
  const outcome = await walkText(schedule, root, watched);
  if (outcome === undefined) {
    const examples = 'explore:aa-ag.s2:8,hold.s1-s2.forward or debug:ag.s2:4,crash.s1';
    throw new UsageError(`expected a schedule like ${examples}, got ${JSON.stringify(schedule)}`);
  }
  if (!outcome.fits) {
    const { step, name, why } = outcome;
    process.stderr.write(
      `replay: the schedule no longer fits the code: step ${step}, ${name}: ${why}\n`,
    );
    return 2;
  }
  if (outcome.failure !== null) {
    const { failure, trace } = outcome;
    const see = trace.length === 0 ? undefined : keepWalk({ failure, trace, schedule });
    console.log(describeViolation(failure, schedule, walkLines(outcome), see));
    return 1;
  }
  for (const line of columnTrace(outcome.trace, { most: events })) console.log(line);
  console.log(`\n${schedule} passes`);
  return 0;
}
