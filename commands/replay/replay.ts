/**
 * Runs one run again and shows what happened: a scenario with a seed, or a schedule of the
 * explorer or of the debugger. Returns the exit code.
 */
import { statSync } from 'node:fs';
import inspector from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import { everyScenario } from '../../labtests/catalogue';
import { labOf } from '../../labtests/labs';
import { studentFilesIn } from '../../labtests/student-files';
import { WorkerPool } from '../../labtests/workers/pool';
import { runJob } from '../../labtests/workers/run-job';
import { Solution } from '../../nodes/sandbox/sandbox';
import { columnTrace } from '../../report/columns';
import { KeptFailures } from '../../report/kept-failure';
import { reportOn, scheduleOf } from '../../report/report';
import { renderFailure } from '../../report/scorecard';
import { scheduleOfFile } from '../../report/trace-header';
import { messageOf } from '../../runtime/errors';
import { painterFor } from '../../runtime/terminal/colour';
import { UsageError } from '../../runtime/terminal/exit';
import type { Job, JobResult } from '../../suite/run/job';
import { runScenario } from '../../suite/run/run-scenario';
import { runSeeds } from '../../suite/run/run-seeds';
import type { Scenario } from '../../suite/scenario/scenario';
import { oneRun } from '../../suite/scenario/selection';
import { isSchedule } from '../../worlds/explored/schedule';
import { watchOver } from '../../worlds/explored/watchdog';
import { replayExplored } from './explored';

/**
 * How long a debugger may take, in milliseconds, to set its breakpoints in the files of the student,
 * which it can only when it has heard that they are compiled.
 */
const breakpointsMs = 1_000;

export interface ReplayOptions {
  readonly schedule: string;
  readonly events: number;
  readonly root: string;
  /**
   * Runs it once, in this very thread and without a limit of time, so that a debugger can stop in the
   * solution for as long as somebody looks.
   */
  readonly debug?: boolean;
}

export async function replay(options: ReplayOptions): Promise<number> {
  const schedule = scheduleIn(options.schedule);
  if (!isSchedule(schedule)) return replayScenario({ ...options, schedule });
  // A person with a debugger stays in the middle of an input as long as they like.
  const watchdog = options.debug ? undefined : watchOver('replay');
  const done = await replayExplored({
    ...{ ...options, schedule },
    ...(watchdog && { watched: watchdog }),
  });
  await watchdog?.dismiss();
  return done;
}

/** The schedule in the file of that name, if there is one; else the text itself. */
function scheduleIn(text: string): string {
  const isFile = statSync(text, { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile) return text;
  try {
    return scheduleOfFile(text);
  } catch (error) {
    throw new UsageError(`${text}: ${messageOf(error)}`);
  }
}

async function replayScenario(options: ReplayOptions): Promise<number> {
  const { schedule, events } = options;
  const { scenario, seed, choices } = oneRun(everyScenario(), schedule);
  const result = await run(scenario, { seeds: [seed], choices }, options);
  if (result.misfit !== undefined) {
    process.stderr.write(`replay: the schedule no longer fits the code: ${result.misfit}\n`);
    return 2;
  }
  const isStuck = result.failure?.kind === 'stuck';
  const columns = columnTrace(result.trace, {
    most: events,
    untilMs: result.failure?.atMs,
    isStuck,
  });
  if (result.failure !== null) {
    const report = reportOn(scenario, result);
    const see = new KeptFailures('replay').keep(scenario.id, result, scenario);
    const shown = labOf(scenario.part).tellsInDetails ? [] : columns;
    console.log(renderFailure(report, shown, painterFor(process.stdout), { see }));
    return 1;
  }
  // A campaign that passes has no run that would be worth more than the others.
  const shown = result.trace.length === 0 ? [`Covered: ${result.remark ?? 'nothing'}`] : columns;
  for (const line of shown) console.log(line);
  console.log(
    `\n${scheduleOf(scenario.id, seed)}${choices === undefined ? '' : `:${choices}`} passes: ${scenario.name}`,
  );
  return 0;
}

async function run(
  scenario: Scenario,
  runs: Pick<Job, 'seeds' | 'choices'>,
  { root, debug = false }: ReplayOptions,
): Promise<JobResult> {
  const job = { ...runs, scenario: scenario.id, root, keepTrace: true };
  if (debug) {
    const solution = new Solution(root);
    for (const file of studentFilesIn(root)) solution.prepare(file);
    if (inspector.url() !== undefined) await sleep(breakpointsMs);
    if (scenario.campaign !== undefined) return runJob(scenario, job);
    const once = (seed: number) => runScenario(scenario, { solution, seed, tracing: true });
    return runSeeds({ seeds: runs.seeds, run: once, repeats: () => false });
  }
  const pool = new WorkerPool({ workers: 1 });
  try {
    return await pool.run(job);
  } finally {
    await pool.close();
  }
}
