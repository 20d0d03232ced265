/** Records what clients do and see, as the history that the checker judges. */
import { type Operation, OperationResult } from '../pbservice/api';
import { parsed } from '../runtime/compiled-schema';
import type { ErrorCode } from '../runtime/errors';
import type { CallResult } from '../runtime/node-io';
import { visible } from '../runtime/terminal/control-characters';
import { shown } from '../runtime/thrown-value';
import { ScenarioFailure } from './failure';
import type { HistoryEvent } from './history/model/history';

export interface OpenOperation {
  readonly process: string;
  readonly operation: Operation;
  readonly sinceMs: number;
}

/** Errors that are the outcome of an operation, whichever copy of it is asked about. */
const refusals: readonly ErrorCode[] = ['too-large'];

export class Recorder {
  readonly events: HistoryEvent[] = [];
  private readonly now: () => number;
  private readonly open = new Map<string, OpenOperation>();

  constructor(now: () => number) {
    this.now = now;
  }

  /** Operations that have been invoked and have not returned. */
  get outstanding(): readonly OpenOperation[] {
    return [...this.open.values()];
  }

  invoke(process: string, operation: Operation): void {
    this.open.set(process, { process, operation, sinceMs: this.now() });
    const value = operation.op === 'get' ? null : operation.value;
    this.add(process, 'invoke', operation, value);
  }

  /**
   * `result` undefined: no answer came, so it may take effect at any later time. So it may after an
   * error that says something of the last try alone, and nothing of the tries before it.
   */
  return(process: string, operation: Operation, result: CallResult | undefined): void {
    this.open.delete(process);
    if (result !== undefined && 'reply' in result) {
      this.add(process, 'ok', operation, returned(operation, valueIn(result.reply)));
      return;
    }
    const isRefused = result !== undefined && refusals.includes(result.error.code);
    const value = operation.op === 'get' ? null : operation.value;
    this.add(process, isRefused ? 'fail' : 'info', operation, value);
  }

  private add(
    process: string,
    type: HistoryEvent['type'],
    operation: Operation,
    value: string | null,
  ): void {
    const { op: f, key } = operation;
    this.events.push({ process, type, f, key, value, time: this.now() } as HistoryEvent);
  }
}

/** Nodes check what they return; this is for one that went round its own checks. */
function valueIn(reply: unknown): string | null {
  const result = parsed(OperationResult, reply);
  if (result !== undefined) return result.value;
  throw new ScenarioFailure({
    ...{ kind: 'broken code', expected: 'a reply { value: ... } with a string or null' },
    actual: `the reply ${shown(reply)}`,
  });
}

/** The result of an operation as the history has it. */
function returned(operation: Operation, value: string | null): string | null {
  if (operation.op === 'get') return value;
  // A clerk takes no old value for an empty one; whether it was empty is up to the checker.
  return operation.op === 'putHash' ? (value ?? '') : operation.value;
}

export function describeOperation(operation: Operation): string {
  const value = 'value' in operation ? `, ${shorten(operation.value)}` : '';
  return `${operation.op}(${shorten(operation.key)}${value})`;
}

/** A text up to this length is shown whole, a longer one cut, in UTF-16 code units. */
const wholeLength = 60;
const shownLength = 50;
/** How much stands before the place that matters. */
const shownBefore = 20;

/** Two texts that should be equal, for a failure: of long ones, the place where they begin to differ. */
export function shortenBoth(a: string | null, b: string | null): [string, string] {
  const areShort = Math.max(a?.length ?? 0, b?.length ?? 0) <= wholeLength;
  if (a === null || b === null || areShort) return [shorten(a), shorten(b)];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  // It shows with the beginning.
  if (at < shownLength - shownBefore) return [shorten(a), shorten(b)];
  const from = at - shownBefore;
  const part = (text: string) => {
    const to = Math.min(from + shownLength, text.length);
    const shown = quoted(text.slice(from, to));
    return `...${shown}${to < text.length ? '...' : ''} (characters ${from + 1} to ${to} of ${text.length})`;
  };
  return [part(a), part(b)];
}

export function shorten(text: string | null): string {
  if (text === null) return 'nothing';
  return text.length > wholeLength
    ? `${quoted(text.slice(0, shownLength))}... (${text.length} characters)`
    : quoted(text);
}

/** What stands for a character that is none is told from what a terminal makes of one that it does not know. */
function quoted(text: string): string {
  return visible(JSON.stringify(text)).replaceAll('\ufffd', '\\ufffd');
}
