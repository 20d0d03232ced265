/** Runs a schedule of the debugger once more and shows what happened. */
import { UsageError } from '../../../runtime/terminal/exit';
import type { TraceEvent } from '../../../runtime/trace';
import { describeViolation } from '../explored/command';
import { columnTrace } from '../report/columns';
import { InProcessHost } from '../simulated/in-process-host';
import { Solution } from '../simulated/sandbox';
import { LocalStates } from './local-states';
import { firstBroken } from './properties';
import { begin, follow } from './run';
import { type DebugSchedule, parseSchedule } from './schedule';
import { Tree } from './tree';

export interface ReplaySteppedOptions {
  readonly schedule: string;
  /** How many events to show of a run that passes. */
  readonly events: number;
  readonly root: string;
}

/** Returns the exit code: 0 it passes, 1 it fails, 2 the schedule no longer fits the code. */
export async function replayStepped(options: ReplaySteppedOptions): Promise<number> {
  const schedule = parseSchedule(options.schedule);
  if (schedule === undefined) {
    const got = JSON.stringify(options.schedule);
    throw new UsageError(`expected a schedule like debug:ag.s2:4,crash.s1, got ${got}`);
  }
  const host = new InProcessHost(new Solution(options.root));
  const locals = new LocalStates({ host, seed: schedule.setting.seed });
  try {
    return await show(schedule, new Tree(locals), locals, options);
  } finally {
    locals.close();
  }
}

async function show(
  { setting, steps }: DebugSchedule,
  tree: Tree,
  locals: LocalStates,
  { schedule, events }: ReplaySteppedOptions,
): Promise<number> {
  const beginning = await begin(setting, locals);
  if (!('world' in beginning)) {
    console.log(describeViolation(beginning, schedule, ['']));
    return 1;
  }
  let here = await tree.plant(beginning);
  const trace: TraceEvent[] = [];
  const misfit = await follow(here.world, steps, async (action) => {
    here = await tree.take(here, action);
    trace.push(...here.events);
    return here.world;
  });
  if (misfit !== null) {
    const { step, name, why } = misfit;
    process.stderr.write(
      `replay: the schedule no longer fits the code: step ${step}, ${name}: ${why}\n`,
    );
    return 2;
  }
  const broken = firstBroken(here.verdicts);
  if (broken !== undefined) {
    const lines = columnTrace(trace, { most: Number.MAX_SAFE_INTEGER });
    console.log(describeViolation(broken[1], schedule, lines));
    return 1;
  }
  for (const line of columnTrace(trace, { most: events })) console.log(line);
  console.log(`\n${schedule} passes`);
  return 0;
}
