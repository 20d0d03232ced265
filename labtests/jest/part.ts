/** The jest front end: one test for each scenario of a part. Where logic lives is elsewhere. */
import path from 'node:path';
import {
  partReport,
  pending,
  ReportFolder,
  reportOn,
  type ScenarioReport,
} from '../../report/report';
import type { JobResult } from '../../suite/run/job';
import type { Part, Scenario } from '../../suite/scenario/scenario';
import { labOf } from '../labs';
import { WorkerPool } from '../workers/pool';
import { runFolder, seedsOf, selectionOf } from './settings';

const root = path.join(__dirname, '../..');
/** A scenario that takes this long hangs; the pool notices sooner. */
const testTimeoutMs = 120_000;

export function gradePart(part: Part): void {
  const { chosen: scenarios, skipped } = selectionOf(part);
  const startedAt = performance.now();
  const reports = new Map<string, ScenarioReport>();
  const results = new Map<string, Promise<JobResult>>();
  const pool = new WorkerPool();
  let folder: ReportFolder;

  const write = () =>
    folder.writePart(
      partReport(
        labOf(part),
        scenarios.map((scenario) => reports.get(scenario.id) ?? pending(scenario)),
        { skipped, wallMs: performance.now() - startedAt },
      ),
    );
  const judge = async (scenario: Scenario) => {
    const result = await (results.get(scenario.id) as Promise<JobResult>);
    const report = reportOn(scenario, result);
    const files = result.failure === null ? {} : folder.writeRun(scenario.id, result, { scenario });
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
  // jest fails a file without tests.
  if (scenarios.length === 0) test.skip('nothing of this part was asked for', () => undefined);
  for (const scenario of scenarios) {
    test(`${scenario.id} ${scenario.name}`, () => judge(scenario), testTimeoutMs);
  }
}
