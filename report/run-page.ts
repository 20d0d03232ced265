/** The page of a run: what happened, judged here and drawn by the viewer. */

import type { TraceEvent } from '../../../runtime/trace';
import { runPage } from '../../../viewer/page';
import type { HistoryData, OperationData, RunData, Violation } from '../../../viewer/run';
import { type CheckResult, check } from '../history/checker';
import { type Explanation, explain, renderExplanation } from '../history/explain';
import { type HistoryEvent, type Operation, operationsOf } from '../history/history';
import { callOf, outcomeOf } from '../history/phrases';
import type { PassingRun } from '../runner/nearest';
import type { Failure } from '../scenario/failure';
import type { Scenario } from '../scenario/scenario';
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
  const notes: [string, string][] = [['expected', plainText(failure.expected)]];
  if (scenario !== undefined) {
    const { rule, why, hint } = scenario;
    notes.push(['rule', rule], ['why', why], ['hint', hint]);
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

export function dataOf(title: string, { trace, history }: Run, known?: Violation): RunData {
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

/** What the checker says about a history, for the eye. */
function judge(history: readonly HistoryEvent[]): { data: HistoryData; violation?: Violation } {
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
  // What is fine on the other keys is shown all the same.
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

function violationOf(history: readonly HistoryEvent[], explanation: Explanation): Violation {
  const { sentence, operations } = explanation;
  const returns = operations.map(({ returnedAt }) => returnedAt).filter(Number.isFinite);
  return {
    actual: plainText(sentence),
    notes: [['expected', 'one order of all operations that explains what the clients saw']],
    // Its first line is the sentence itself.
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
  const byLine = new Map<number, Operation[]>();
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
  operations: readonly Operation[],
  points: ReadonlyMap<number, number> = new Map(),
  evidence: ReadonlySet<Operation> = new Set(),
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
