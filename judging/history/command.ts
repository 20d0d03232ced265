import { visible } from '../../runtime/terminal/control-characters';
import { type CheckOptions, type CheckResult, check, splitByKey } from './checker';
import { type Explanation, explain } from './explain';
import { parseHistory, readHistory } from './history-reader';
import { HistoryError, type HistoryOperation, type ModelName } from './model/history';
import { quote } from './phrases';
import { renderExplanation } from './render';

export interface CheckHistoryOptions extends CheckOptions {
  readonly model: ModelName;
  /** One JSON object rather than words. Default false. */
  readonly json?: boolean;
}

export interface CommandResult {
  /** 0: linearizable, 1: not, 2: unknown, or the history cannot be read. */
  readonly exitCode: 0 | 1 | 2;
  /** With a line end. */
  readonly stdout: string;
  readonly stderr: string;
}

const MOST_KEYS = 5;

/** The command `check-history` past its arguments and the opening of its file: no side effects. */
export async function checkHistory(
  history: string | AsyncIterable<Uint8Array>,
  options: CheckHistoryOptions,
): Promise<CommandResult> {
  const { model } = options;
  let operations: readonly HistoryOperation[];
  try {
    operations = await (typeof history === 'string'
      ? parseHistory(history, model)
      : readHistory(history, model));
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    return badHistory(error, options.json === true);
  }
  const { timeLimitMs, now = () => performance.now() } = options;
  const begun = now();
  // One clock for both.
  const timeLeft = () =>
    timeLimitMs === undefined ? {} : { timeLimitMs: Math.max(0, begun + timeLimitMs - now()) };
  const result = check(model, operations, options);
  const explanation =
    result.verdict === 'not-linearizable'
      ? explain(model, result.operations, { ...options, ...timeLeft() })
      : undefined;
  const exitCode = { linearizable: 0, 'not-linearizable': 1, unknown: 2 } as const;
  const output = options.json
    ? visible(JSON.stringify({ ...toJson(result, explanation), outcomes: outcomesOf(operations) }))
    : inWords(result, operations, explanation);
  return { exitCode: exitCode[result.verdict], stdout: `${output}\n`, stderr: '' };
}

function badHistory(error: HistoryError, json: boolean): CommandResult {
  const { line, expected, got, message } = error;
  const data = { verdict: 'bad-history', line, expected, got };
  const stdout = json ? `${visible(JSON.stringify(data))}\n` : '';
  return { exitCode: 2, stdout, stderr: `cannot read the history: ${message}\n` };
}

function inWords(
  result: CheckResult,
  operations: readonly HistoryOperation[],
  explanation: Explanation | undefined,
): string {
  if (explanation !== undefined) return `not linearizable\n${renderExplanation(explanation)}`;
  if (result.verdict === 'unknown') {
    return `unknown: ${result.reason} while searching ${keysInWords(result.keys)}`;
  }
  const keys = splitByKey(operations).size;
  const facts = `${count(operations.length, 'operation')} on ${count(keys, 'key')}`;
  return `linearizable: ${facts}${reservation(operations)}`;
}

/** How many operations ended in each way: `info` are those of which nothing more is known, too. */
function outcomesOf(
  operations: readonly HistoryOperation[],
): Record<HistoryOperation['outcome'], number> {
  const outcomes = { ok: 0, fail: 0, info: 0 };
  for (const { outcome } of operations) outcomes[outcome]++;
  return outcomes;
}

/** Parts of a history that say little: an operation that may or may not have happened contradicts nothing. */
function reservation(operations: readonly HistoryOperation[]): string {
  const { ok, fail, info } = outcomesOf(operations);
  const parts = [
    ...(fail > 0 ? [`${fail} failed`] : []),
    ...(info > 0 ? [`of ${info} it is not known whether they took effect`] : []),
  ];
  if (parts.length === 0) return '';
  return `; ${ok === 0 ? 'none is known to have completed: ' : ''}${parts.join(', ')}`;
}

function keysInWords(keys: readonly (string | null)[]): string {
  if (keys[0] === null && keys.length === 1) return 'the register';
  const names = keys.slice(0, MOST_KEYS).map((key) => (key === null ? 'no key' : quote(key)));
  const more = keys.length - names.length;
  const rest = more === 0 ? '' : ` and ${more} more`;
  return `${keys.length === 1 ? 'key' : 'keys'} ${names.join(', ')}${rest}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Operations are named by their index in the history, from 0, by invocation. */
function toJson(result: CheckResult, explanation: Explanation | undefined): object {
  switch (result.verdict) {
    case 'linearizable': {
      const linearization = result.linearization.map(({ operation, after }) => {
        return { operation: operation.index, after };
      });
      return { ...result, linearization };
    }
    case 'not-linearizable': {
      const { verdict, key, steps } = result;
      return { verdict, key, steps, explanation: explanationToJson(explanation as Explanation) };
    }
    default:
      return result;
  }
}

function explanationToJson(explanation: Explanation): object {
  const reasons = explanation.reasons.map((reason) => ({
    ...reason,
    order: reason.order.map(({ index }) => index),
    operation: reason.operation.index,
  }));
  return { ...explanation, reasons };
}
