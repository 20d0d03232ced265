import { type CheckOptions, type CheckResult, check, splitByKey } from './checker';
import { type Explanation, explain, renderExplanation } from './explain';
import { HistoryError, type ModelName, type Operation, parseHistory } from './history';
import { quote } from './phrases';

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

/** What `check-history` does once it has read its arguments and its file: no side effects. */
export function checkHistory(text: string, options: CheckHistoryOptions): CommandResult {
  let operations: readonly Operation[];
  try {
    operations = parseHistory(text, options.model);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    return badHistory(error, options.json === true);
  }
  const result = check(options.model, operations, options);
  const explanation =
    result.verdict === 'not-linearizable' ? explain(options.model, result.operations) : undefined;
  const exitCode = { linearizable: 0, 'not-linearizable': 1, unknown: 2 } as const;
  const output = options.json
    ? JSON.stringify(toJson(result, explanation))
    : inWords(result, operations, explanation);
  return { exitCode: exitCode[result.verdict], stdout: `${output}\n`, stderr: '' };
}

function badHistory(error: HistoryError, json: boolean): CommandResult {
  const { line, expected, got, message } = error;
  const stdout = json ? `${JSON.stringify({ verdict: 'bad-history', line, expected, got })}\n` : '';
  return { exitCode: 2, stdout, stderr: `cannot read the history: ${message}\n` };
}

function inWords(
  result: CheckResult,
  operations: readonly Operation[],
  explanation: Explanation | undefined,
): string {
  if (explanation !== undefined) return `not linearizable\n${renderExplanation(explanation)}`;
  if (result.verdict === 'unknown') {
    return `unknown: ${result.reason} while searching ${keysInWords(result.keys)}`;
  }
  const keys = splitByKey(operations).size;
  return `linearizable: ${count(operations.length, 'operation')} on ${count(keys, 'key')}`;
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
