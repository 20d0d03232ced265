/**
 * Grades a hand-in of a stranger. Its code runs only in the processes of its nodes, never here; all
 * that comes from there is plain data, which is checked.
 */
import { availableParallelism } from 'node:os';
import { allScenarios } from '../../catalogue';
import { assemble } from '../hand-in/assemble';
import { IsolatedHost } from '../isolated/isolated-host';
import { type Isolation, isolationHere } from '../isolated/launch';
import { type Staging, stage } from '../isolated/staging';
import { harmless } from '../report/plain-text';
import { partReport, pending, type Report, reportOn, type ScenarioReport } from '../report/report';
import { reportVersion } from '../report/schema';
import { type RunResult, runIn } from '../run-scenario';
import type { JobResult } from '../runner/job';
import { runSeeds } from '../runner/run-job';
import type { Part, Scenario } from '../scenario/scenario';
import { viewsInWorld } from '../scenario/view-ports';
import { SimulatedWorld } from '../simulated/world';

export interface GradeOptions {
  /** The folder of the hand-in. */
  readonly submission: string;
  readonly parts: readonly Part[];
  /** The seeds with which a scenario runs. */
  readonly seedsOf: (scenario: Scenario) => readonly number[];
  readonly isolation?: Isolation;
  /** How many scenarios run at a time; as many as there are cores, unless told. */
  readonly lanes?: number;
  /** Told after each scenario, and before the first. */
  readonly onProgress?: (report: GradeReport) => void;
}

/** The report of a graded hand-in. */
export interface GradeReport extends Report {
  readonly submission: string;
  /** How the processes of the hand-in were shut in, in one line. */
  readonly isolation: string;
  /** Student files that it does not have. */
  readonly missing: readonly string[];
}

/** Throws an Error when there is no hand-in; whatever the hand-in does is in the report. */
export async function grade(options: GradeOptions): Promise<GradeReport> {
  const { submission, parts, lanes = availableParallelism() } = options;
  const isolation = options.isolation ?? isolationHere();
  const scenarios = allScenarios().filter(({ part }) => parts.includes(part));
  const reports = new Map<string, ScenarioReport>();
  const startedAt = new Date().toISOString();
  const assembled = assemble(submission);
  const report = (): GradeReport => {
    const done = parts.map((part) =>
      partReport(
        part,
        scenarios
          .filter((scenario) => scenario.part === part)
          .map((scenario) => reports.get(scenario.id) ?? pending(scenario)),
      ),
    );
    const sum = (of: 'score' | 'maxScore') => done.reduce((total, part) => total + part[of], 0);
    return {
      ...{ format: 'viewlab-report', version: reportVersion, startedAt },
      ...{ score: sum('score'), maxScore: sum('maxScore'), parts: done },
      ...{ submission, isolation: isolation.summary, missing: assembled.missing },
    };
  };
  let staged: Staging | undefined;
  try {
    options.onProgress?.(report());
    staged = stage(assembled.root);
    const { folder } = staged;
    // The longest first would be better still; in order, a reader sees progress as in the report.
    const queue = [...scenarios];
    const work = async () => {
      const host = new IsolatedHost({ folder, isolation });
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          reports.set(next.id, reportOn(next, await judge(next, host, options.seedsOf(next))));
          options.onProgress?.(report());
        }
      } finally {
        await host.close();
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    return report();
  } finally {
    staged?.remove();
    assembled.remove();
  }
}

async function judge(
  scenario: Scenario,
  host: IsolatedHost,
  seeds: readonly number[],
): Promise<JobResult> {
  const result = await runSeeds({
    seeds,
    run: (seed, tracing) => runIsolated(scenario, host, seed, tracing),
    // A process that broke out or hung proves enough, and may take its time to do so again.
    repeats: () => host.faultsOfLastRun === 0,
  });
  return result.failure === null ? result : { ...result, failure: harmless(result.failure) };
}

async function runIsolated(
  scenario: Scenario,
  host: IsolatedHost,
  seed: number,
  tracing: boolean,
): Promise<RunResult> {
  const world = new SimulatedWorld({ seed, host, tracing });
  try {
    return await runIn(world, seed, (lab) =>
      scenario.part === 'A' ? scenario.body(viewsInWorld(world)) : scenario.body(lab),
    );
  } finally {
    await host.endRun();
  }
}
