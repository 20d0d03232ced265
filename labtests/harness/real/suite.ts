/** Runs scenarios in the real world, one after the other, and prints their scorecard. */
import { painterFor } from '../../../runtime/terminal/colour';
import { UsageError } from '../../../runtime/terminal/exit';
import { finishRun, freshSeed, prepareRun, runFolder } from '../jest/settings';
import { columnTrace } from '../report/columns';
import {
  partReport,
  pending,
  ReportFolder,
  type RunFiles,
  reportOn,
  type ScenarioReport,
} from '../report/report';
import { renderFailure, renderScorecard } from '../report/scorecard';
import type { Scenario } from '../scenario/scenario';
import { runReal, whyNotPartA, whyNotReal } from './run-real';

export interface RealSuiteOptions {
  /** Scenarios (`B9b`) or cases (`B9`: all of its scenarios); none: all of part B. */
  readonly only: readonly string[];
  /** The seed of every scenario; undefined: a fresh one, which is printed. */
  readonly seed: number | undefined;
}

/** Resolves with the exit code: 0 when all pass, 1 when one does not. */
export async function testReal(
  all: readonly Scenario[],
  { only, seed: givenSeed }: RealSuiteOptions,
): Promise<number> {
  const chosen = choose(all, only);
  prepareRun(givenSeed);
  const seed = givenSeed ?? freshSeed();
  const folder = new ReportFolder(runFolder());
  const reports = new Map<string, ScenarioReport>();
  const part = () =>
    partReport(
      'B',
      chosen.map((scenario) => reports.get(scenario.id) ?? pending(scenario)),
    );
  const failures: string[] = [];
  folder.writePart(part());
  for (const scenario of chosen) {
    showProgress(`${reports.size + 1}/${chosen.length} ${scenario.id} ${scenario.name}`);
    const { report, failure } = await judge(scenario, seed, folder);
    reports.set(scenario.id, report);
    if (failure !== undefined) failures.push(failure);
    folder.writePart(part());
  }
  showProgress('');
  finishRun(folder.folder);
  print(`\n${renderScorecard([part()], painterFor(process.stdout))}`);
  for (const failure of failures) print(`${failure}\n`);
  print(`In the real world, with seed ${seed}; ${whyNotPartA}.`);
  print('Report: store/latest/report.json\n');
  return failures.length === 0 ? 0 : 1;
}

async function judge(scenario: Scenario, seed: number, folder: ReportFolder) {
  const startedAt = performance.now();
  const run = await runReal(scenario, { seed, tracing: true });
  const result = { ...run, runs: 1, wallMs: performance.now() - startedAt };
  // A schedule would promise that the same happens again.
  const { schedule: _schedule, ...report } = reportOn(scenario, result);
  if (run.failure === null) return { report };
  const files = folder.writeRun(scenario.id, result, null);
  const columns = columnTrace(run.trace, { untilMs: run.failure?.atMs });
  const failure = [
    renderFailure(report, columns, painterFor(process.stdout), seePage(files)),
    `  again      npm run test:real -- --only ${scenario.id} --seed ${seed}`,
  ].join('\n');
  return { report: { ...report, ...files }, failure };
}

function seePage({ page }: RunFiles): string | undefined {
  return page && `store/latest/${page} (in a browser)`;
}

function choose(all: readonly Scenario[], only: readonly string[]): Scenario[] {
  const fits = (name: string, { id }: Scenario) => id === name || id.replace(/[a-z]$/, '') === name;
  for (const name of only) {
    const named = all.filter((scenario) => fits(name, scenario));
    const why = named.map(whyNotReal).find((reason) => reason !== undefined);
    if (why !== undefined) throw new UsageError(`--only ${name}: ${why}`);
    if (named.length > 0) continue;
    throw new UsageError(`--only: expected scenarios like B4,B9b, got ${JSON.stringify(name)}`);
  }
  return all.filter(
    (scenario) =>
      whyNotReal(scenario) === undefined &&
      (only.length === 0 || only.some((name) => fits(name, scenario))),
  );
}

/** One line that is written over again, where there is somebody to see it. */
function showProgress(text: string): void {
  const { stderr } = process;
  if (stderr.isTTY) stderr.write(`\r\u001b[K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
