/** Carries out one operation for a person who watches: says what it waits for, can be cancelled. */
import { performance } from 'node:perf_hooks';
import type { Operation, OperationResult } from '../pbservice/api';
import { errorTable, messageOf, RpcError, WrongResult } from '../runtime/errors';
import type { Clerk } from './clerk';
import { perform } from './perform';

export interface Manner {
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
  /** Says what an operation that takes long waits for. */
  readonly whatIsMissing: () => string | Promise<string>;
  /** Takes that to the person. */
  readonly notice: (text: string) => void;
}

export type Ending =
  | { readonly type: 'done'; readonly result: OperationResult; readonly tookMs: number }
  | { readonly type: 'failed'; readonly error: unknown; readonly tookMs: number }
  | { readonly type: 'cancelled'; readonly tookMs: number };

/** After this long a person wonders; and this often the reason is looked at again. */
const noticeAfterMs = 1_000;
const noticeIntervalMs = 2_000;

export async function carryOut(clerk: Clerk, operation: Operation, how: Manner): Promise<Ending> {
  const startedAt = performance.now();
  const tookMs = () => performance.now() - startedAt;
  const { timeoutMs, signal } = how;
  const notices = new Notices(how);
  try {
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    // The clerk looks at the signal between two tries; a person does not wait for that.
    const cancelled = new Promise<'cancelled'>((resolve) => {
      if (signal.aborted) resolve('cancelled');
      else signal.addEventListener('abort', () => resolve('cancelled'), { once: true });
    });
    const result = await Promise.race([perform(clerk, operation, { signal, ...limit }), cancelled]);
    if (result === 'cancelled') return { type: 'cancelled', tookMs: tookMs() };
    return { type: 'done', result, tookMs: tookMs() };
  } catch (error) {
    if (signal.aborted) return { type: 'cancelled', tookMs: tookMs() };
    return { type: 'failed', error, tookMs: tookMs() };
  } finally {
    notices.end();
  }
}

class Notices {
  private readonly how: Manner;
  private timer: NodeJS.Timeout;
  private last = '';
  private ended = false;

  constructor(how: Manner) {
    this.how = how;
    this.timer = setTimeout(() => this.look(), noticeAfterMs);
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const text = await this.how.whatIsMissing();
    if (this.ended) return;
    if (text !== this.last) this.how.notice(`still waiting: ${text}`);
    this.last = text;
    this.timer = setTimeout(() => this.look(), noticeIntervalMs);
  }
}

/** Errors whose remedy is for the person at the terminal, not for a programmer. */
const remedied: ReadonlySet<string> = new Set(['unauthorized', 'unknown-method']);

export function errorInWords(error: unknown): string {
  if (error instanceof WrongResult) return `${error.message}; expected ${error.expected}`;
  if (!(error instanceof RpcError)) return messageOf(error);
  const remedy = remedied.has(error.code) ? `. ${errorTable[error.code].remedy}` : '';
  return `${error.message} (${error.code})${remedy}`;
}

/** `3 ms`, `1.24 s`. */
export function durationInWords(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.max(1, Math.round(durationMs))} ms`;
  return `${(durationMs / 1_000).toFixed(2)} s`;
}
