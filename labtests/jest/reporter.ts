/** Prints the scorecard instead of jest's own output, and the framework's own tests in one line. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AggregatedResult, Test, TestCaseResult, TestResult } from '@jest/test-result';
import { listed } from '../../report/anomalies';
import { type CauseGroup, causesIn, othersOf } from '../../report/causes';
import { columnTrace } from '../../report/columns';
import { type PartReport, ReportFolder } from '../../report/report';
import { maxScoreOf } from '../../report/score';
import { isUnwritten, renderFailure, renderMissing, renderScorecard } from '../../report/scorecard';
import { isTraceHeader } from '../../report/trace-header';
import { painterFor } from '../../runtime/terminal/colour';
import type { TraceEvent } from '../../runtime/trace';
import { allScenarios } from '../catalogue';
import { labOf } from '../labs';
import { RunProgress } from './run-progress';
import {
  asked,
  expectedParts,
  finishRun,
  freshSeed,
  isWarmUp,
  onlySeed,
  partOf,
  runFolder,
  selectionOf,
  warmUpFile,
} from './settings';

/** The number of causes that are told. */
const shownCauses = 5;

export class LabReporter {
  private readonly paint = painterFor(process.stdout);
  private progress: RunProgress | undefined;

  onRunStart(): void {
    const scenarios = expectedParts().flatMap((part) => selectionOf(part).chosen);
    if (scenarios.length === 0) return;
    this.progress = new RunProgress(scenarios.length, process.stdout, this.paint);
  }

  /** jest tells of each test as it ends, whichever process it ran in. */
  onTestCaseResult({ path: file }: Test, { title, status, failureMessages }: TestCaseResult): void {
    if (partOf(file) === undefined || (status !== 'passed' && status !== 'failed')) return;
    this.progress?.ended(title, status === 'passed', failureMessages[0]);
  }

  onTestResult(_test: unknown, result: TestResult): void {
    if (isGraded(result) && result.testExecError === undefined) return;
    if (result.numFailingTests > 0 || result.testExecError !== undefined) {
      this.print(result.failureMessage ?? `${result.testFilePath} failed`);
    }
  }

  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    this.progress?.stop();
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
    const causes = causesIn(wrong);
    for (const cause of causes.slice(0, shownCauses)) this.printCause(folder, cause);
    const left = causes.slice(shownCauses).flatMap(({ shown, others }) => [shown, ...others]);
    if (left.length > 0) {
      const ids = listed(left.map(({ id }) => id));
      this.print(
        `... and ${left.length} more (${ids}): see store/latest/report.json or replay them.\n`,
      );
    }
    if (unwritten.length > 0) this.print(`${renderMissing(unwritten, this.paint)}\n`);
    const score = parts.reduce((sum, part) => sum + part.score, 0);
    const most = parts.reduce((sum, part) => sum + part.maxScore, 0);
    this.print(this.paint('bold', `Score: ${score}/${most}`));
    const all = maxScoreOf(allScenarios());
    if (asked().only !== undefined && most < all)
      this.print(`Only what was asked for has run: npm test runs all, for ${all} points.`);
    const only = onlySeed();
    this.print(
      only === undefined
        ? `Seeds: the fixed ones, and fresh ones drawn from ${freshSeed()}. ` +
            `One seed alone: npm test -- ${words(parts)}--seed N`
        : `Seed: ${only} alone`,
    );
    this.print('Report: store/latest/report.json\n');
  }

  private printCause(folder: ReportFolder, cause: CauseGroup): void {
    const { shown: scenario } = cause;
    const file = scenario.trace === undefined ? '' : path.join(folder.folder, scenario.trace);
    const trace = existsSync(file) ? readTrace(file) : [];
    const { atMs: untilMs, kind } = scenario.failure ?? {};
    const columns = columnTrace(trace, { untilMs, isStuck: kind === 'stuck' });
    const see = scenario.page && `store/latest/${scenario.page} (in a browser)`;
    const shown = labOf(scenario.part).tellsInDetails ? [] : columns;
    this.print(`${renderFailure(scenario, shown, this.paint, { see, also: othersOf(cause) })}\n`);
  }

  private print(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

/** True: the part writes its results itself, and jest's words are left out. */
function isGraded({ testFilePath }: TestResult): boolean {
  return partOf(testFilePath) !== undefined || isWarmUp(testFilePath);
}

/** The arguments that choose the same scenarios again. */
function words(parts: readonly PartReport[]): string {
  const { only, skip } = asked();
  const chosen = only ?? (parts.length === 1 ? `part-${parts[0]?.part.toLowerCase()}` : '');
  return `${chosen === '' ? '' : `${chosen} `}${skip === undefined ? '' : `--skip ${skip} `}`;
}

function readTrace(file: string): TraceEvent[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line, i) => line !== '' && !(i === 0 && isTraceHeader(line)))
    .map((line) => JSON.parse(line));
}
