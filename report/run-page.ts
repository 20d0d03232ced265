/** The page of a run: what happened, judged here and drawn by the viewer. */

import type { Failure } from '../judging/failure';
import { type CheckResult, check } from '../judging/history/checker';
import { type Explanation, explain } from '../judging/history/explain';
import {
  type HistoryEvent,
  type HistoryOperation,
  operationsOf,
} from '../judging/history/model/history';
import { callOf, outcomeOf } from '../judging/history/phrases';
import { renderExplanation } from '../judging/history/render';
import type { TraceEvent } from '../runtime/trace';
import type { PassingRun } from '../suite/scenario/run-result';
import type { Scenario } from '../suite/scenario/scenario';
import type { HistoryData, OperationData, RunData, RunViolation } from '../viewer/model/run';
import { runPage } from '../viewer/run/page';
import { guidanceOn, ruleIn } from './guidance';
import { plainLine, plainText } from './plain-text';

/** How many events a page has at the most, the last ones; of more no browser makes a picture. */
export const maxPageEvents = 200_000;
/** Steps of the search for a linearization: a page must not take long to make. */
const maxSteps = 200_000;

export interface Run {
  readonly trace: readonly TraceEvent[];
  readonly history: readonly HistoryEvent[];
}

/** The page of a scenario that failed; `scenario` undefined: nothing is known of it. */
export function failurePage(
  run: Run & {
    readonly failure: Failure;
    readonly seed: number;
    readonly nearest?: PassingRun | undefined;
  },
  id: string,
  scenario: Scenario | undefined,
): string {
  const { failure, seed, trace } = run;
  const { path = [], setting } = failure;
  const notes: [string, string][] = [
    ['expected', plainText(failure.expected)],
    ...(path.length > 0 ? [['path', plainText(path.join('\n'))] as [string, string]] : []),
    ...(setting === undefined ? [] : [['setting', plainText(setting)] as [string, string]]),
  ];
  if (scenario !== undefined) {
    const guidance = guidanceOn(failure, scenario);
    const { component: atFault } = failure;
    const told = {
      rule: ruleIn(guidance),
      why: guidance.why,
      'at fault': atFault,
      hint: guidance.hint,
    };
    for (const [label, words] of Object.entries(told)) {
      if (words !== undefined) notes.push([label, plainText(words)]);
    }
  }
  notes.push(['seed', String(seed)]);
  const violation = {
    actual: plainText(failure.actual),
    notes,
    details: (failure.details ?? []).map((line) => plainText(line)),
    atMs: failure.atMs ?? trace.at(-1)?.t ?? 0,
  };
  const title = scenario === undefined ? id : `${id}  ${scenario.name}`;
  return runPage({ ...dataOf(title, run, violation), ...besideIt(run.trace, run.nearest) });
}

/** The nearest run, unless one of the two is too long: of half a run one cannot say where it parts. */
function besideIt(trace: readonly TraceEvent[], nearest?: PassingRun): Pick<RunData, 'nearest'> {
  if (nearest === undefined || trace.length > maxPageEvents) return {};
  if (nearest.trace.length > maxPageEvents) return {};
  const { events, history } = dataOf('', nearest);
  return { nearest: { name: plainLine(nearest.name), events, ...(history && { history }) } };
}

/** The page of any run, known by its trace and perhaps by what the clients saw. */
export function tracePage(title: string, run: Run): string {
  return runPage(dataOf(title, run));
}

export function dataOf(title: string, { trace, history }: Run, known?: RunViolation): RunData {
  const events = trace.slice(-maxPageEvents);
  const judged = history.length === 0 ? undefined : judge(history);
  const violation = known ?? judged?.violation;
  return {
    title: plainLine(title),
    ...(violation && { violation }),
    events,
    leftOut: trace.length - events.length,
    ...(judged && { history: judged.data }),
  };
}

/** The verdict of the checker on a history, for the eye. */
function judge(history: readonly HistoryEvent[]): { data: HistoryData; violation?: RunViolation } {
  const operations = operationsOf(history, 'kv');
  const result = check('kv', operations, { maxSteps });
  if (result.verdict === 'unknown') {
    const sentence = `no verdict: ${result.reason}`;
    return { data: { verdict: 'unknown', sentence, operations: drawn(history, operations) } };
  }
  if (result.verdict === 'linearizable') {
    const sentence = 'linearizable: an order of all operations explains what the clients saw';
    const points = pointsOf(history, result);
    return {
      data: { verdict: result.verdict, sentence, operations: drawn(history, operations, points) },
    };
  }
  const explanation = explain('kv', result.operations);
  // Keys without a violation are shown all the same.
  const others = operations.filter(({ key }) => key !== result.key);
  const points = pointsOf(history, check('kv', others, { maxSteps }));
  const data: HistoryData = {
    verdict: 'not linearizable',
    sentence: `not linearizable on key ${JSON.stringify(result.key)}`,
    operations: drawn(history, operations, points, new Set(explanation.operations)),
    ...windowOf(history, explanation),
  };
  return { data, violation: violationOf(history, explanation) };
}

function violationOf(history: readonly HistoryEvent[], explanation: Explanation): RunViolation {
  const { sentence, operations } = explanation;
  const returns = operations.map(({ returnedAt }) => returnedAt).filter(Number.isFinite);
  return {
    actual: plainText(sentence),
    notes: [['expected', 'one order of all operations that explains what the clients saw']],
    // The first line is the sentence itself.
    details: renderExplanation(explanation)
      .split('\n')
      .slice(1)
      .map((line) => plainText(line)),
    atMs: timeOf(history, Math.max(...returns, 1)),
  };
}

/** The time of a line, from 1; a history without times is drawn by its lines. */
function timeOf(history: readonly HistoryEvent[], line: number): number {
  return history[line - 1]?.time ?? line;
}

function windowOf(history: readonly HistoryEvent[], { window }: Explanation) {
  if (window === undefined) return {};
  const { firstLine, lastLine } = window;
  return { window: { fromMs: timeOf(history, firstLine), toMs: timeOf(history, lastLine) } };
}

/** Where each operation takes effect, between the two lines that the order says. */
function pointsOf(history: readonly HistoryEvent[], result: CheckResult): Map<number, number> {
  const points = new Map<number, number>();
  if (result.verdict !== 'linearizable') return points;
  const byLine = new Map<number, HistoryOperation[]>();
  for (const { operation, after } of result.linearization) {
    byLine.set(after, [...(byLine.get(after) ?? []), operation]);
  }
  for (const [line, operations] of byLine) {
    const from = timeOf(history, line);
    const to = line < history.length ? timeOf(history, line + 1) : from + 1;
    operations.forEach(({ index }, i) => {
      points.set(index, from + ((to - from) * (i + 1)) / (operations.length + 1));
    });
  }
  return points;
}

function drawn(
  history: readonly HistoryEvent[],
  operations: readonly HistoryOperation[],
  points: ReadonlyMap<number, number> = new Map(),
  evidence: ReadonlySet<HistoryOperation> = new Set(),
): OperationData[] {
  return operations.map((operation) => {
    const { index, process, key, invokedAt, returnedAt } = operation;
    const [name, ...rest] = callOf(operation).split(' of ');
    const value = rest.length > 0 ? ` ${rest.join(' of ')}` : '';
    return {
      process: plainLine(String(process)),
      call: plainLine(`${name} ${JSON.stringify(key)}${value}`, 200),
      outcome: plainLine(outcomeOf(operation), 200),
      invokedMs: timeOf(history, invokedAt),
      returnedMs: Number.isFinite(returnedAt) ? timeOf(history, returnedAt) : null,
      pointMs: points.get(index) ?? null,
      isEvidence: evidence.has(operation),
    };
  });
}
