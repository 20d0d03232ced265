/** Runs a scenario again with one seed and shows what happened. Returns the exit code. */
import { painterFor } from '../../../runtime/terminal/colour';
import { UsageError } from '../../../runtime/terminal/exit';
import { allScenarios } from '../../catalogue';
import { columnTrace } from '../report/columns';
import { reportOn } from '../report/report';
import { renderFailure } from '../report/scorecard';
import { Pool } from './pool';

export interface ReplayOptions {
  readonly schedule: string;
  readonly events: number;
  readonly root: string;
}

export async function replay({ schedule, events, root }: ReplayOptions): Promise<number> {
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
