/** Runs scenarios again and again; a new round ends the one before it. */
import { seedsFrom } from '../../labtests/harness/jest/settings';
import { reportOn, type ScenarioReport } from '../../labtests/harness/report/report';
import { Pool } from '../../labtests/harness/runner/pool';
import type { Scenario } from '../../labtests/harness/scenario/scenario';

export interface RoundOptions {
  readonly scenarios: readonly Scenario[];
  /** The folder of the solution. */
  readonly root: string;
  /** What the fresh seeds are drawn from: the same in all rounds, which can be compared then. */
  readonly freshFrom: number;
}

export class Rounds {
  private readonly options: RoundOptions;
  private pool = new Pool();
  private latest = 0;
  private isRunning = false;

  constructor(options: RoundOptions) {
    this.options = options;
  }

  /** Resolves with the reports; never, when another round has begun meanwhile. */
  async run(): Promise<readonly ScenarioReport[]> {
    const { scenarios, root, freshFrom } = this.options;
    if (this.isRunning) {
      void this.pool.close();
      this.pool = new Pool();
    }
    this.latest += 1;
    const round = this.latest;
    const { pool } = this;
    this.isRunning = true;
    const reports = await Promise.all(
      scenarios.map(async (scenario) => {
        const seeds = seedsFrom(scenario, freshFrom);
        return reportOn(scenario, await pool.run({ scenario: scenario.id, seeds, root }));
      }),
    );
    if (round !== this.latest) return new Promise(() => undefined);
    this.isRunning = false;
    return reports;
  }

  close(): Promise<void> {
    this.latest += 1;
    return this.pool.close();
  }
}
