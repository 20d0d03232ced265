/**
 * Runs one run again and shows what happened: a scenario with a seed, or a schedule that exploring
 * found. Returns the exit code.
 */
import { readFileSync, statSync } from 'node:fs';
import { painterFor } from '../../../runtime/terminal/colour';
import { UsageError } from '../../../runtime/terminal/exit';
import { allScenarios } from '../../catalogue';
import { describeViolation, linesOf, walkText } from '../explored/command';
import { isExploredSchedule } from '../explored/schedule';
import { columnTrace } from '../report/columns';
import { reportOn } from '../report/report';
import { renderFailure } from '../report/scorecard';
import { InProcessHost } from '../simulated/in-process-host';
import { Solution } from '../simulated/sandbox';
import { Pool } from './pool';

export interface ReplayOptions {
  readonly schedule: string;
  readonly events: number;
  readonly root: string;
}

export async function replay(options: ReplayOptions): Promise<number> {
  const schedule = scheduleIn(options.schedule);
  return isExploredSchedule(schedule)
    ? replayExplored({ ...options, schedule })
    : replayScenario({ ...options, schedule });
}

/** What stands in the file of that name, if there is one; else the text itself. */
function scheduleIn(text: string): string {
  const isFile = statSync(text, { throwIfNoEntry: false })?.isFile() === true;
  return isFile ? (readFileSync(text, 'utf8').split('\n')[0] ?? '').trim() : text;
}

async function replayExplored({ schedule, events, root }: ReplayOptions): Promise<number> {
  const outcome = await walkText(schedule, new InProcessHost(new Solution(root)));
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

async function replayScenario({ schedule, events, root }: ReplayOptions): Promise<number> {
  const [id, seedText] = schedule.split(':');
  const scenario = allScenarios().find((other) => other.id === id);
  const seed = Number(seedText || Number.NaN);
  if (scenario === undefined || !Number.isSafeInteger(seed) || seed < 0) {
    const example = `${allScenarios()[0]?.id}:1`;
    const got = JSON.stringify(schedule);
    throw new UsageError(`expected a scenario and a seed, like ${example}, got ${got}`);
  }
  const pool = new Pool({ workers: 1 });
  try {
    const result = await pool.run({ scenario: scenario.id, seeds: [seed], root, keepTrace: true });
    const columns = columnTrace(result.trace, { most: events, untilMs: result.failure?.atMs });
    if (result.failure !== null) {
      console.log(renderFailure(reportOn(scenario, result), columns, painterFor(process.stdout)));
      return 1;
    }
    for (const line of columns) console.log(line);
    console.log(`\n${schedule} passes: ${scenario.name}`);
    return 0;
  } finally {
    await pool.close();
  }
}
