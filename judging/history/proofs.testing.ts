/** For tests: explains many small histories and has each explanation proven by brute force. */
import { growingHistory, smallHistory } from './brute-force';
import { flawInExplanation } from './brute-force-names';
import { check } from './checker';
import { explain } from './explain';
import type { HistoryOperation, ModelName } from './model/history';

export const sources: readonly [string, ModelName, (seed: number) => HistoryOperation[]][] = [
  ['kv', 'kv', (seed) => smallHistory('kv', seed)],
  ['register', 'register', (seed) => smallHistory('register', seed)],
  ['appends', 'kv', growingHistory],
];

/**
 * How often each name was given among the histories of some seeds.
 *
 * @throws the first explanation that is not proven
 */
export function provenKinds(
  model: ModelName,
  history: (seed: number) => HistoryOperation[],
  from: number,
  to: number,
): Map<string, number> {
  const kinds = new Map<string, number>();
  for (let seed = from; seed < to; seed++) {
    const operations = history(seed);
    const result = check(model, operations);
    if (result.verdict === 'linearizable') continue;
    if (result.verdict === 'unknown') throw new Error(`seed ${seed}: no verdict`);
    const explanation = explain(model, result.operations);
    const flaw = flawInExplanation(model, result.operations, explanation);
    if (flaw !== undefined) throw new Error(`seed ${seed}: ${flaw}: ${explanation.sentence}`);
    kinds.set(explanation.kind, (kinds.get(explanation.kind) ?? 0) + 1);
  }
  return kinds;
}
