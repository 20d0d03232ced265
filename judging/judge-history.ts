/** The verdict on what clients saw in a run. */
import { anomalyOfViolation } from './anomaly';
import type { CitedOperation, Failure } from './failure';
import { check } from './history/checker';
import { type Explanation, explain } from './history/explain';
import { type HistoryEvent, operationsOf } from './history/model/history';
import { renderExplanation } from './history/render';

/** Steps of the search for a linearization: far more than any history of a scenario needs. */
const maxCheckerSteps = 2_000_000;

/** Judges what clients saw: linearizable, or not and why. */
export function judgeHistory(history: readonly HistoryEvent[]): Failure | null {
  if (history.length === 0) return null;
  const operations = operationsOf(history, 'kv');
  const result = check('kv', operations, { maxSteps: maxCheckerSteps });
  if (result.verdict === 'linearizable') return null;
  if (result.verdict === 'unknown') {
    return {
      kind: 'framework',
      expected: 'a verdict on the history of the clients',
      actual: `none was found: ${result.reason}`,
    };
  }
  const explanation = explain('kv', result.operations);
  return {
    kind: 'not linearizable',
    expected:
      'all operations to look as if done one at a time, each between its call and its return',
    actual: explanation.sentence,
    // The first line is the sentence itself.
    details: renderExplanation(explanation).split('\n').slice(1),
    ...momentOf(explanation, history),
    ...citedIn(explanation, history),
    anomalies: [anomalyOfViolation(explanation.kind)],
  };
}

/** When the last of the operations that prove a violation returned. */
function momentOf({ operations }: Explanation, history: readonly HistoryEvent[]) {
  const lastLine = Math.max(
    ...operations.map(({ returnedAt }) => returnedAt).filter(Number.isFinite),
  );
  const atMs = history[lastLine - 1]?.time;
  return atMs === undefined ? {} : { atMs };
}

function citedIn({ operations }: Explanation, history: readonly HistoryEvent[]) {
  const cited = operations.flatMap((one): CitedOperation[] => {
    const calledAtMs = history[one.invokedAt - 1]?.time;
    if (calledAtMs === undefined) return [];
    const value = 'value' in one && typeof one.value === 'string' ? { value: one.value } : {};
    const operation = { op: one.f, key: one.key ?? '', ...value };
    return [{ process: String(one.process), operation, calledAtMs }];
  });
  return cited.length === operations.length ? { cited } : {};
}
