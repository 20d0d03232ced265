/** The jest front end: one test for each scenario of a part. Where logic lives is elsewhere. */
import path from 'node:path';
import { allScenarios } from '../../catalogue';
import { partReport, pending, ReportFolder, reportOn, type ScenarioReport } from '../report/report';
import type { JobResult } from '../runner/job';
import { Pool } from '../runner/pool';
import type { Part, Scenario } from '../scenario/scenario';
import { runFolder, seedsOf } from './settings';

const root = path.join(__dirname, '../../..');
/** A scenario that takes this long hangs; the pool notices sooner. */
const testTimeoutMs = 120_000;

export function gradePart(part: Part): void {
  const scenarios = allScenarios().filter((scenario) => scenario.part === part);
  const reports = new Map<string, ScenarioReport>();
  const results = new Map<string, Promise<JobResult>>();
  const pool = new Pool();
  let folder: ReportFolder;

  const write = () =>
    folder.writePart(
      partReport(
        part,
        scenarios.map((scenario) => reports.get(scenario.id) ?? pending(scenario)),
      ),
    );
  const judge = async (scenario: Scenario) => {
    const result = await (results.get(scenario.id) as Promise<JobResult>);
    const report = reportOn(scenario, result);
    const files = result.failure === null ? {} : folder.writeRun(scenario.id, result);
    reports.set(scenario.id, { ...report, ...files });
    write();
    if (result.failure !== null) {
      const { expected, actual } = result.failure;
      throw new Error(`expected ${expected}, got ${actual}`);
    }
  };

  beforeAll(() => {
    folder = new ReportFolder(runFolder());
    write();
    // All at once: the pool keeps every core busy while jest goes through the tests in order.
    for (const scenario of scenarios) {
      const job = { scenario: scenario.id, seeds: seedsOf(scenario), root, findsNearest: true };
      results.set(scenario.id, pool.run(job));
    }
  });
  afterAll(() => pool.close());
  for (const scenario of scenarios) {
    test(`${scenario.id} ${scenario.name}`, () => judge(scenario), testTimeoutMs);
  }
}
