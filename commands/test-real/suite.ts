/** Runs scenarios in the real world, one after the other, and prints their scorecard. */

import { finishRun, freshSeed, prepareRun, runFolder } from '../../labtests/jest/settings';
import { labs } from '../../labtests/labs';
import { columnTrace } from '../../report/columns';
import {
  type PartReport,
  partReport,
  pending,
  ReportFolder,
  type RunFiles,
  reportOn,
  type ScenarioReport,
} from '../../report/report';
import { renderFailure, renderScorecard } from '../../report/scorecard';
import { painterFor } from '../../runtime/terminal/colour';
import { UsageError } from '../../runtime/terminal/exit';
import { runReal, whyNotReal } from '../../suite/run/run-real';
import type { LabDeclaration } from '../../suite/scenario/lab-declaration';
import type { Scenario } from '../../suite/scenario/scenario';
import { type Selection, select } from '../../suite/scenario/selection';

export interface RealSuiteOptions {
  /** Scenarios (`B9b`) or cases (`B9`), as they were typed; undefined: all that run here. */
  readonly only: string | undefined;
  /** The scenarios to leave out, in the same way. */
  readonly skip?: string | undefined;
  /** The seed of every scenario; undefined: a fresh one, which is printed. */
  readonly seed: number | undefined;
}

/** Resolves with the exit code: 0 when all pass, 1 when one does not. */
export async function testReal(
  all: readonly Scenario[],
  { only, skip, seed: givenSeed }: RealSuiteOptions,
): Promise<number> {
  const { chosen, skipped } = choose(all, { only, skip });
  prepareRun(givenSeed);
  const seed = givenSeed ?? freshSeed();
  const folder = new ReportFolder(runFolder());
  const reports = new Map<string, ScenarioReport>();
  const parts = () => labs.flatMap((lab) => reportOf(lab, chosen, skipped, reports));
  const write = () => {
    for (const part of parts()) folder.writePart(part);
  };
  const failures: string[] = [];
  write();
  for (const scenario of chosen) {
    showProgress(`${reports.size + 1}/${chosen.length} ${scenario.id} ${scenario.name}`);
    const { report, failure } = await judge(scenario, seed, folder);
    reports.set(scenario.id, report);
    if (failure !== undefined) failures.push(failure);
    write();
  }
  showProgress('');
  finishRun(folder.folder);
  print(`\n${renderScorecard(parts(), painterFor(process.stdout))}`);
  for (const failure of failures) print(`${failure}\n`);
  print(`In the real world, with seed ${seed}; ${notHere(all)}.`);
  print('Report: store/latest/report.json\n');
  return failures.length === 0 ? 0 : 1;
}

/** Of a lab with scenarios that run here. */
function reportOf(
  lab: LabDeclaration,
  chosen: readonly Scenario[],
  skipped: readonly Scenario[],
  reports: ReadonlyMap<string, ScenarioReport>,
): PartReport[] {
  const own = (all: readonly Scenario[]) => all.filter(({ part }) => part === lab.part);
  const scenarios = own(chosen).map((scenario) => reports.get(scenario.id) ?? pending(scenario));
  return scenarios.length === 0 ? [] : [partReport(lab, scenarios, { skipped: own(skipped) })];
}

async function judge(scenario: Scenario, seed: number, folder: ReportFolder) {
  const startedAt = performance.now();
  const run = await runReal(scenario, { seed, tracing: true });
  const result = { ...run, runs: 1, wallMs: performance.now() - startedAt };
  // A schedule would promise that the same happens again.
  const { schedule: _schedule, ...report } = reportOn(scenario, result);
  if (run.failure === null) return { report };
  const files = folder.writeRun(scenario.id, result, { scenario, schedule: null });
  const columns = columnTrace(run.trace, { untilMs: run.failure?.atMs });
  const failure = [
    renderFailure(report, columns, painterFor(process.stdout), { see: seePage(files) }),
    `  again      npm run test:real -- --only ${scenario.id} --seed ${seed}`,
  ].join('\n');
  return { report: { ...report, ...files }, failure };
}

function seePage({ page }: RunFiles): string | undefined {
  return page && `store/latest/${page} (in a browser)`;
}

function choose(
  all: readonly Scenario[],
  words: Pick<RealSuiteOptions, 'only' | 'skip'>,
): Selection {
  if (words.only === undefined) {
    return select(
      all.filter((scenario) => whyNotReal(scenario) === undefined),
      words,
    );
  }
  const selection = select(all, words);
  for (const scenario of selection.chosen) {
    const why = whyNotReal(scenario);
    if (why !== undefined) throw new UsageError(`--only ${scenario.id}: ${why}`);
  }
  return selection;
}

/** Why the parts that do not run here do not. */
function notHere(all: readonly Scenario[]): string {
  const simulated = all.filter(({ onlySimulated }) => onlySimulated !== undefined);
  return [...new Set(simulated.map(whyNotReal))].join('; ');
}

/** One line that is written over again, where there is somebody to see it. */
function showProgress(text: string): void {
  const { stderr } = process;
  if (stderr.isTTY) stderr.write(`\r\u001b[K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
