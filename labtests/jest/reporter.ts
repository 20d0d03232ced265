/** Prints the scorecard instead of jest's own output, and the framework's own tests in one line. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AggregatedResult, TestResult } from '@jest/test-result';
import { painterFor } from '../../../runtime/terminal/colour';
import type { TraceEvent } from '../../../runtime/trace';
import { columnTrace } from '../report/columns';
import { ReportFolder, type ScenarioReport } from '../report/report';
import { isUnwritten, renderFailure, renderMissing, renderScorecard } from '../report/scorecard';
import { isTraceHeader } from '../report/trace-header';
import {
  finishRun,
  freshSeed,
  isWarmUp,
  onlySeed,
  partOf,
  runFolder,
  warmUpFile,
} from './settings';

/** So many failures are shown in full; one cause often fails many scenarios. */
const shownFailures = 5;

export class LabReporter {
  private readonly paint = painterFor(process.stdout);

  onTestResult(_test: unknown, result: TestResult): void {
    if (isGraded(result) && result.testExecError === undefined) return;
    if (result.numFailingTests > 0 || result.testExecError !== undefined) {
      this.print(result.failureMessage ?? `${result.testFilePath} failed`);
    }
  }

  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    this.printWarmUp();
    if (existsSync(runFolder())) this.printScorecard(new ReportFolder(runFolder()));
    const own = results.testResults.filter((result) => !isGraded(result));
    if (own.length > 0) {
      const passed = own.reduce((sum, result) => sum + result.numPassingTests, 0);
      const failed = own.reduce((sum, result) => sum + result.numFailingTests, 0);
      const skipped = own.reduce((sum, result) => sum + result.numPendingTests, 0);
      const broken = own.filter((result) => result.testExecError !== undefined).length;
      const also = skipped > 0 ? `, ${skipped} skipped` : '';
      const files = broken > 0 ? `, ${broken} test files did not run` : '';
      this.print(`framework self-tests: ${passed} passed, ${failed} failed${also}${files}`);
    }
  }

  /** Part 0 has no points and no place in the report. */
  private printWarmUp(): void {
    const file = path.join(runFolder(), warmUpFile);
    if (!existsSync(file)) return;
    const [title = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
    this.print(`\n${this.paint('bold', title)}`);
    for (const line of lines) this.print(this.paintMark(line));
  }

  private paintMark(line: string): string {
    if (line.startsWith('ok ')) return this.paint('green', 'ok ') + line.slice(3);
    return line.startsWith('FAIL') ? this.paint('red', line) : line;
  }

  private printScorecard(folder: ReportFolder): void {
    const parts = folder.parts();
    if (parts.length === 0) return;
    folder.writeReport();
    finishRun(folder.folder);
    const failed = parts.flatMap((part) =>
      part.scenarios.filter((scenario) => scenario.failure !== undefined),
    );
    this.print(`\n${renderScorecard(parts, this.paint)}`);
    const unwritten = failed.filter(isUnwritten);
    const wrong = failed.filter((scenario) => !isUnwritten(scenario));
    const shown = wrong.filter(isNews).slice(0, shownFailures);
    for (const scenario of shown) this.printFailure(folder, scenario);
    if (wrong.length > shown.length) {
      const more = wrong.length - shown.length;
      this.print(`... and ${more} more: see store/latest/report.json or replay them.\n`);
    }
    if (unwritten.length > 0) this.print(`${renderMissing(unwritten, this.paint)}\n`);
    const score = parts.reduce((sum, part) => sum + part.score, 0);
    const most = parts.reduce((sum, part) => sum + part.maxScore, 0);
    this.print(this.paint('bold', `Score: ${score}/${most}`));
    const only = onlySeed();
    this.print(
      only === undefined
        ? `Seeds: the fixed ones, and fresh ones drawn from ${freshSeed()}. ` +
            'One seed alone: npm test -- part-b --seed N'
        : `Seed: ${only} alone`,
    );
    this.print('Report: store/latest/report.json\n');
  }

  private printFailure(folder: ReportFolder, scenario: ScenarioReport): void {
    const file = scenario.trace === undefined ? '' : path.join(folder.folder, scenario.trace);
    const trace = existsSync(file) ? readTrace(file) : [];
    const { atMs: untilMs, kind } = scenario.failure ?? {};
    const columns = columnTrace(trace, { untilMs, isStuck: kind === 'stuck' });
    const see = scenario.page && `store/latest/${scenario.page} (in a browser)`;
    this.print(`${renderFailure(scenario, columns, this.paint, see)}\n`);
  }

  private print(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

/** Its results are shown by what it writes, not by what jest says. */
function isGraded({ testFilePath }: TestResult): boolean {
  return partOf(testFilePath) !== undefined || isWarmUp(testFilePath);
}

/** A file that does not load fails everything in the same words. */
function isNews(
  { failure }: ScenarioReport,
  index: number,
  all: readonly ScenarioReport[],
): boolean {
  if (failure?.kind !== 'broken code') return true;
  return all.findIndex((other) => other.failure?.actual === failure.actual) === index;
}

function readTrace(file: string): TraceEvent[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line, i) => line !== '' && !(i === 0 && isTraceHeader(line)))
    .map((line) => JSON.parse(line));
}
