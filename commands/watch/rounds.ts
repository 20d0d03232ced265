/** Runs scenarios again and again; a new round ends the one before it. */
import { seedsFrom } from '../../labtests/jest/settings';
import { WorkerPool } from '../../labtests/workers/pool';
import type { KeptFailures } from '../../report/kept-failure';
import { reportOn, type ScenarioReport } from '../../report/report';
import type { Scenario } from '../../suite/scenario/scenario';

export interface RoundOptions {
  readonly scenarios: readonly Scenario[];
  /** The folder of the solution. */
  readonly root: string;
  /** The source of the fresh seeds: the same in all rounds, which can be compared then. */
  readonly freshFrom: number;
  /** Where the failures of the newest round are kept. */
  readonly kept: KeptFailures;
}

/** The result of a scenario; `see`: where a failure can be looked at. */
export type WatchedScenario = ScenarioReport & { readonly see?: string | undefined };

export class Rounds {
  private readonly options: RoundOptions;
  private pool = new WorkerPool();
  private latest = 0;
  private isRunning = false;

  constructor(options: RoundOptions) {
    this.options = options;
  }

  /** Resolves with the reports; never, when another round has begun meanwhile. */
  async run(): Promise<readonly WatchedScenario[]> {
    const { scenarios, root, freshFrom, kept } = this.options;
    if (this.isRunning) {
      void this.pool.close();
      this.pool = new WorkerPool();
    }
    this.latest += 1;
    const round = this.latest;
    const { pool } = this;
    this.isRunning = true;
    kept.clear();
    const reports = await Promise.all(
      scenarios.map(async (scenario) => {
        const seeds = seedsFrom(scenario, freshFrom);
        const job = { scenario: scenario.id, seeds, root, findsNearest: true };
        const result = await pool.run(job);
        const isOld = result.failure === null || round !== this.latest;
        return {
          ...reportOn(scenario, result),
          ...(!isOld && { see: kept.keep(scenario.id, result, scenario) }),
        };
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
