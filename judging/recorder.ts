/** Records what clients do and see, as the history that the checker judges. */
import type { Operation } from '../../../pbservice/api';
import { errorTable } from '../../../runtime/errors';
import type { CallResult } from '../../../runtime/reactor';
import type { HistoryEvent } from '../history/history';

export interface OpenOperation {
  readonly process: string;
  readonly operation: Operation;
  readonly sinceMs: number;
}

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

  /** `result` undefined: no answer came, so it may take effect at any later time. */
  return(process: string, operation: Operation, result: CallResult | undefined): void {
    this.open.delete(process);
    if (result !== undefined && 'reply' in result) {
      const { value } = result.reply as { value: string | null };
      this.add(process, 'ok', operation, returned(operation, value));
      return;
    }
    const definite = result !== undefined && errorTable[result.error.code].definite;
    const value = operation.op === 'get' ? null : operation.value;
    this.add(process, definite ? 'fail' : 'info', operation, value);
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

/** What the history says that an operation returned. */
function returned(operation: Operation, value: string | null): string | null {
  if (operation.op === 'get') return value;
  // A clerk takes no old value for an empty one; whether it was empty is up to the checker.
  return operation.op === 'putHash' ? (value ?? '') : operation.value;
}

export function describeOperation(operation: Operation): string {
  const value = 'value' in operation ? `, ${shorten(operation.value)}` : '';
  return `${operation.op}(${shorten(operation.key)}${value})`;
}

export function shorten(text: string | null): string {
  if (text === null) return 'nothing';
  return text.length > 60
    ? `${JSON.stringify(text.slice(0, 50))}... (${text.length} characters)`
    : JSON.stringify(text);
}
