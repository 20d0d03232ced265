/**
 * The clerk: what an application uses instead of talking to replicas. It finds the primary, keeps to
 * it as long as it answers, and retries with the same operation number until an operation is done.
 */

import { type Operation, type OperationResult, PbService } from '../pbservice/api';
import { RpcError } from '../runtime/errors';
import type { Address, Runtime } from '../runtime/node';
import type { Remote } from '../runtime/service';
import { ViewService } from '../viewservice/api';

export interface ClerkOptions {
  /** Where the view service is. */
  readonly viewService: Address;
}

export interface OperationOptions {
  /** Gives up with RpcError `timeout` after so many milliseconds. Default: never. */
  readonly timeoutMs?: number;
  /** Gives up, with the reason of the signal, when it is aborted. */
  readonly signal?: AbortSignal;
}

const retryPauseMs = 50;
const finalCodes: readonly string[] = ['malformed', 'too-large', 'rejected', 'unauthorized'];

export class Clerk {
  private readonly client: string;
  private seq = 0;
  private primary: Address | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;

  constructor(runtime: Runtime, options: ClerkOptions) {
    this.runtime = runtime;
    this.viewService = runtime.connect(ViewService, options.viewService);
    this.client = `${runtime.random()}-${runtime.random()}`;
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
   * a primary that answers is kept to. After an error the operation is tried again, with a pause
   * before it and under its old number (the first try may have had its effect), until it is done,
   * however long that takes. Rejects with RpcError `timeout` after `options.timeoutMs`, with the
   * reason of `options.signal` when that is aborted, and with the error itself when a retry would end
   * the same way (`malformed`, `too-large`, `rejected`, `unauthorized`).
   */
  perform(operation: Operation, options: OperationOptions = {}): Promise<OperationResult> {
    let stopped = false;
    let gaveUp: (reason: unknown) => void = () => {};
    const giveUp = new Promise<never>((_resolve, reject) => {
      gaveUp = (reason) => {
        stopped = true;
        reject(reason);
      };
    });
    giveUp.catch(() => {});
    const { timeoutMs, signal } = options;
    const onAbort = () => gaveUp(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort);
    if (timeoutMs !== undefined) {
      this.runtime
        .sleep(timeoutMs)
        .then(() => gaveUp(new RpcError('timeout', `not done within ${timeoutMs} ms`)), gaveUp);
    }
    const work = this.turn.then(() => this.carryOut(operation, giveUp, () => stopped));
    this.turn = work.catch(() => {});
    return Promise.race([work, giveUp]).finally(() =>
      signal?.removeEventListener('abort', onAbort),
    );
  }

  private async carryOut(
    operation: Operation,
    giveUp: Promise<never>,
    stopped: () => boolean,
  ): Promise<OperationResult> {
    if (stopped()) return giveUp;
    this.seq += 1;
    const request = { client: this.client, seq: this.seq, operation };
    let doubt: RpcError | undefined;
    while (!stopped()) {
      try {
        this.primary ??= (await this.viewService.get({})).primary;
        if (stopped()) break;
        if (this.primary !== null) {
          return await this.runtime.connect(PbService, this.primary).operate(request);
        }
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        if (finalCodes.includes(error.code)) {
          throw error.definite && error.code !== 'too-large' ? (doubt ?? error) : error;
        }
        if (!error.definite) doubt = error;
        this.primary = null;
      }
      await Promise.race([this.runtime.sleep(retryPauseMs), giveUp]);
    }
    return giveUp;
  }
}
