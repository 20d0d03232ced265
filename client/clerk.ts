/**
 * The clerk: what an application uses instead of talking to replicas. It finds the primary, keeps to
 * it as long as it answers, and retries with the same operation number until an operation is done.
 */

import { type Operation, type OperationResult, PbService } from '../pbservice/api';
import { RpcError } from '../runtime/errors';
import { type Address, defaultRpcTimeoutMs, type Runtime } from '../runtime/node';
import type { Remote } from '../runtime/service';
import { ViewService } from '../viewservice/api';

export interface ClerkOptions {
  /** Where the view service is. */
  readonly viewService: Address;
}

export interface OperationOptions {
  /**
   * Gives up with RpcError `timeout` so many milliseconds after the call, those counted that the
   * operation waits for its turn; with 0 at once. Default: never.
   */
  readonly timeoutMs?: number;
  /**
   * Gives up, with the reason of the signal, when it is aborted, and at once when it is already. One
   * signal may be given to several operations, and belongs to the application.
   */
  readonly signal?: AbortSignal;
}

// solution: begin
/** The pause before the first retry, and the longest one, in milliseconds. Each is drawn +-50 %. */
const firstPauseMs = 10;
const longestPauseMs = 200;

/** After these a retry would end the same way. */
const finalCodes = new Set([
  'malformed',
  'too-large',
  'rejected',
  'unauthorized',
  'unknown-method',
  'not-implemented',
]);

/** An operation that waits for its turn looks so often at least whether it is too late, in milliseconds. */
const longestNapMs = 1_000;

// solution: end
export class Clerk {
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;
  // solution: begin
  private readonly client: string;
  private lastSeq = 0;
  /** Where the last operation succeeded; null when that is in doubt. */
  private primary: Address | null = null;
  /** Whom the view service named last: worth a try while the view service does not answer. */
  private lastKnownPrimary: Address | null = null;
  private previous: Promise<unknown> = Promise.resolve();
  /** How many operations are under way or wait for their turn. */
  private asked = 0;
  /** Why an earlier try of the operation under way may have taken effect; null: none may. */
  private doubt: RpcError | null = null;
  // solution: end

  constructor(runtime: Runtime, options: ClerkOptions) {
    this.runtime = runtime;
    this.viewService = runtime.connect(ViewService, options.viewService);
    // solution: begin
    this.client = `${randomHex(runtime)}${randomHex(runtime)}`;
    // solution: end
  }

  /** The value of the key; null when there is none. */
  async get(key: string, options?: OperationOptions): Promise<string | null> {
    return (await this.perform({ op: 'get', key }, options)).value;
  }

  /** Sets the key to the value. */
  async put(key: string, value: string, options?: OperationOptions): Promise<void> {
    await this.perform({ op: 'put', key, value }, options);
  }

  /** Adds the value to the end of what the key has; a missing key counts as empty. */
  async append(key: string, value: string, options?: OperationOptions): Promise<void> {
    await this.perform({ op: 'append', key, value }, options);
  }

  /** Sets the key to the hash of its old value followed by `value`; returns the old value. */
  async putHash(key: string, value: string, options?: OperationOptions): Promise<string> {
    return (await this.perform({ op: 'putHash', key, value }, options)).value ?? '';
  }

  /**
   * Carries out one operation: `operate` of PbService, called at the primary. A clerk has one under
   * way at a time, as the replicas remember only the last one of each client: what is asked for
   * meanwhile waits for its turn.
   *
   * The view service says who is primary. It is not asked for each operation, only when there is doubt:
   * a primary that answers is kept to. An operation that was given up without an answer leaves doubt, too.
   * After an error the operation is tried again, with a pause before it and under its old number (the
   * first try may have had its effect), until it is done, however long that takes. The pause is such that
   * a clerk sends at most 100 messages a second, and is a second at the most. (Those of all its operations and its
   * questions to the view service count together. While nobody is primary, or the view service answers with an error,
   * it asks again after the pause. While the view service does not answer, the primary that it named last is worth a try.) Rejects with RpcError `timeout` after `options.timeoutMs`, with the reason of
   * `options.signal` when that is aborted, and with the error itself when a retry would end the same
   * way (`malformed`, `too-large`, `rejected`, `unauthorized`). Any other may pass and ends nothing:
   * `overloaded` and `not-primary`, but `internal` and `bad-reply`, too. (`unknown-method` and
   * `not-implemented` are for the developer; to end with them is right, too.) An operation that waits
   * for its turn is given up like one that is under way, and those after it get their turn all the same. (Up to two
   * seconds late is right, too: a try ends by itself.)
   *
   * The number of an operation that was given up is never used again: it may have been done, and a copy
   * of it may still be on its way. Nor is the client id: a clerk that restarts under its old address,
   * where the clock begins anew, is another client, as it does not know what its predecessor has asked.
   * An id has 64 code units at most (api.ts), and an address up to 255: whoever makes an id of an address
   * shortens it, and keeps what tells two clerks apart.
   *
   * A definite error promises that nothing happened. `too-large` keeps that promise after any number
   * of tries, as replicas remember it as the outcome of the operation. `malformed` and `unauthorized`
   * speak of one try only: when an earlier try may have taken effect (`timeout`, `connection-lost`,
   * `view-changed`), the error of such a try is the one to reject with, whatever came between. (To count a
   * question to the view service that had no answer among them is right, too: it promises less.)
   */
  perform(operation: Operation, options: OperationOptions = {}): Promise<OperationResult> {
    // solution: begin
    // stub: throw notImplemented('client/clerk.ts', 'Clerk.perform');
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
    const deadline = this.runtime.now() + timeoutMs;
    this.asked += 1;
    const result = this.previous.then(() => this.retry(operation, deadline, options));
    this.previous = result
      .catch(() => undefined)
      .then(() => {
        this.asked -= 1;
      });
    const waitsUntil = this.asked > 1 ? deadline : Number.POSITIVE_INFINITY;
    const ends = Number.isFinite(waitsUntil) || signal !== undefined;
    return ends ? this.orGivenUp(result, waitsUntil, options) : result;
    // solution: end
  }

  // solution: begin
  /** Does not wait for its turn, nor for a reply, to give an operation up. */
  private async orGivenUp(
    result: Promise<OperationResult>,
    waitsUntil: number,
    { timeoutMs, signal }: OperationOptions,
  ): Promise<OperationResult> {
    let isOver = false;
    let abort = () => {};
    const givenUp = new Promise<never>((_, reject) => {
      abort = () => reject(signal?.reason);
      if (!Number.isFinite(waitsUntil)) return;
      const late = () => reject(tooLate(timeoutMs));
      // Where too many sleep already, it is noticed at its turn.
      this.until(waitsUntil, () => isOver).then(late, () => undefined);
    });
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    try {
      return await Promise.race([result, givenUp]);
    } finally {
      isOver = true;
      signal?.removeEventListener('abort', abort);
    }
  }

  /** In naps, as no sleep can be ended: those of operations that are over must not pile up. */
  private async until(deadline: number, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const leftMs = deadline - this.runtime.now();
      if (leftMs <= 0) return;
      await this.runtime.sleep(Math.min(leftMs, longestNapMs));
    }
  }

  private async retry(
    operation: Operation,
    deadline: number,
    options: OperationOptions,
  ): Promise<OperationResult> {
    this.lastSeq += 1;
    const request = { client: this.client, seq: this.lastSeq, operation };
    this.doubt = null;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      options.signal?.throwIfAborted();
      const leftMs = deadline - this.runtime.now();
      if (leftMs <= 0) throw tooLate(options.timeoutMs);
      try {
        return await this.attempt(request, leftMs);
      } catch (error) {
        if (error instanceof RpcError && finalCodes.has(error.code)) throw this.final(error);
        this.primary = null;
      }
      const jitteredMs = pauseMs * (0.5 + this.runtime.random());
      await this.runtime.sleep(Math.min(jitteredMs, Math.max(0, deadline - this.runtime.now())));
    }
  }

  private async attempt(
    request: { client: string; seq: number; operation: Operation },
    leftMs: number,
  ): Promise<OperationResult> {
    const limit =
      Number.isFinite(leftMs) && leftMs < defaultRpcTimeoutMs ? { timeoutMs: leftMs } : {};
    const primary = this.primary ?? (await this.findPrimary(limit));
    try {
      const result = await this.runtime.connect(PbService, primary).operate(request, limit);
      this.primary = primary;
      return result;
    } catch (error) {
      if (error instanceof RpcError && !error.definite) this.doubt = error;
      throw error;
    }
  }

  /** `too-large` is remembered with the operation; others are about one try of several. */
  private final(error: RpcError): RpcError {
    const { doubt } = this;
    if (doubt === null || !error.definite || error.code === 'too-large') return error;
    const message = `${error.message}; an earlier try may have taken effect: ${doubt.message}`;
    return new RpcError(doubt.code, message);
  }

  private async findPrimary(limit: { timeoutMs?: number }): Promise<Address> {
    try {
      const view = await this.viewService.get({}, limit);
      this.lastKnownPrimary = view.primary;
    } catch (error) {
      if (this.lastKnownPrimary === null) throw error;
    }
    if (this.lastKnownPrimary === null) {
      throw new RpcError('not-primary', 'there is no primary yet');
    }
    return this.lastKnownPrimary;
  }
  // solution: end
}

// solution: begin
function tooLate(timeoutMs: number | undefined): RpcError {
  const message = `gave up after ${timeoutMs} ms; the operation may have taken effect`;
  return new RpcError('timeout', message);
}

function randomHex(runtime: Runtime): string {
  return Math.floor(runtime.random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');
}
// solution: end
