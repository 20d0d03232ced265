/**
 * Runs one run again and shows what happened: a scenario with a seed, or a schedule of the
 * explorer or of the debugger. Returns the exit code.
 */
import { statSync } from 'node:fs';
import inspector from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../runtime/errors';
import { painterFor } from '../../../runtime/terminal/colour';
import { UsageError } from '../../../runtime/terminal/exit';
import { allScenarios } from '../../catalogue';
import { replayExplored } from '../explored/replay';
import { isExploredSchedule } from '../explored/schedule';
import { studentFiles } from '../hand-in/student-files';
import { columnTrace } from '../report/columns';
import { reportOn } from '../report/report';
import { renderFailure } from '../report/scorecard';
import { scheduleOfFile } from '../report/trace-header';
import { runScenario } from '../run-scenario';
import type { Scenario } from '../scenario/scenario';
import { Solution } from '../simulated/sandbox';
import { replayStepped } from '../stepped/replay';
import { isDebugSchedule } from '../stepped/schedule';
import type { Job, JobResult } from './job';
import { Pool } from './pool';
import { runJob } from './run-job';
import { runSeeds } from './run-seeds';

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
  if (isDebugSchedule(schedule)) return replayStepped({ ...options, schedule });
  return isExploredSchedule(schedule)
    ? replayExplored({ ...options, schedule })
    : replayScenario({ ...options, schedule });
}

/** What the file of that name tells, if there is one; else the text itself. */
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
  const [id, seedText, choices] = schedule.split(':');
  const scenario = allScenarios().find((other) => other.id === id);
  const seed = Number(seedText || Number.NaN);
  const isOneRun = choices === undefined || scenario?.campaign?.replay !== undefined;
  if (scenario === undefined || !Number.isSafeInteger(seed) || seed < 0 || !isOneRun) {
    const example = `${allScenarios()[0]?.id}:1`;
    const got = JSON.stringify(schedule);
    throw new UsageError(`expected a scenario and a seed, like ${example}, got ${got}`);
  }
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
    console.log(renderFailure(reportOn(scenario, result), columns, painterFor(process.stdout)));
    return 1;
  }
  // A campaign that passes has no run that would be worth more than the others.
  const shown = result.trace.length === 0 ? [`Covered: ${result.remark ?? 'nothing'}`] : columns;
  for (const line of shown) console.log(line);
  console.log(`\n${schedule} passes: ${scenario.name}`);
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
    for (const file of studentFiles) solution.prepare(file);
    if (inspector.url() !== undefined) await sleep(breakpointsMs);
    if (scenario.campaign !== undefined) return runJob(scenario, job);
    const once = (seed: number) => runScenario(scenario, { solution, seed, tracing: true });
    return runSeeds({ seeds: runs.seeds, run: once, repeats: () => false });
  }
  const pool = new Pool({ workers: 1 });
  try {
    return await pool.run(job);
  } finally {
    await pool.close();
  }
}
