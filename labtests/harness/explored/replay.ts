/** Runs a schedule that exploring found once more and shows what happened. */
import { UsageError } from '../../../runtime/terminal/exit';
import { columnTrace } from '../report/columns';
import { describeViolation, linesOf, walkText } from './command';

export interface ReplayExploredOptions {
  readonly schedule: string;
  /** How many events to show of a run that passes. */
  readonly events: number;
  readonly root: string;
}

/** Returns the exit code: 0 it passes, 1 it fails, 2 the schedule no longer fits the code. */
export async function replayExplored(options: ReplayExploredOptions): Promise<number> {
  const { schedule, events, root } = options;
  const outcome = await walkText(schedule, root);
  if (outcome === undefined) {
    const example = 'explore:aa-ag.s2.k1:8hold.s1-s2.forward';
    throw new UsageError(`expected a schedule like ${example}, got ${JSON.stringify(schedule)}`);
  }
  if (!outcome.fits) {
    const { choice, expected, got } = outcome;
    process.stderr.write(
      `replay: the schedule no longer fits the code: choice ${choice} is about ${expected}, ` +
        `but then comes ${got}\n`,
    );
    return 2;
  }
  if (outcome.failure !== null) {
    console.log(describeViolation(outcome.failure, schedule, linesOf(outcome)));
    return 1;
  }
  for (const line of columnTrace(outcome.trace, { most: events })) console.log(line);
  console.log(`\n${schedule} passes`);
  return 0;
}
