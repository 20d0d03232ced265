import { type Operation, type OperationResult, PbService } from '../pbservice/api';
import { RpcError } from '../runtime/errors';
import type { Address, Runtime } from '../runtime/node';
import type { Remote } from '../runtime/service';
import { ViewService } from '../viewservice/api';

export interface ClerkOptions {
  readonly viewService: Address;
}

export interface OperationOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Order {
  readonly operation: Operation;
  /** Rejects when the application waits no longer. */
  readonly givenUp: Promise<never>;
  readonly isGivenUp: () => boolean;
  readonly resolve: (result: OperationResult) => void;
  readonly reject: (error: unknown) => void;
}

/** How long one call may take. */
const limit = { timeoutMs: 400 };
const worthARetry = ['refused', 'not-primary', 'overloaded', 'wrong-view', 'not-initialised'];

export class Clerk {
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;
  private readonly name: string;
  private readonly orders: Order[] = [];
  private isBusy = false;
  private counter = 0;
  private server: Address | undefined;
  private isDoubtful = true;

  constructor(runtime: Runtime, options: ClerkOptions) {
    this.runtime = runtime;
    this.viewService = runtime.connect(ViewService, options.viewService);
    const part = () => Math.floor(runtime.random() * 36 ** 8).toString(36);
    this.name = `clerk/${part()}-${part()}`;
  }

  async get(key: string, options?: OperationOptions): Promise<string | null> {
    const { value } = await this.perform({ op: 'get', key }, options);
    return value;
  }

  async put(key: string, value: string, options?: OperationOptions): Promise<void> {
    await this.perform({ op: 'put', key, value }, options);
  }

  async append(key: string, value: string, options?: OperationOptions): Promise<void> {
    await this.perform({ op: 'append', key, value }, options);
  }

  async putHash(key: string, value: string, options?: OperationOptions): Promise<string> {
    const result = await this.perform({ op: 'putHash', key, value }, options);
    return result.value ?? '';
  }

  perform(operation: Operation, options: OperationOptions = {}): Promise<OperationResult> {
    const { timeoutMs, signal } = options;
    return new Promise((resolve, reject) => {
      let over = false;
      const givenUp = new Promise<never>((_, giveUp) => {
        const end = (reason: unknown) => {
          over = true;
          giveUp(reason);
        };
        if (signal?.aborted) end(signal.reason);
        signal?.addEventListener('abort', () => end(signal.reason), { once: true });
        if (timeoutMs === undefined) return;
        const late = new RpcError('timeout', 'not done in time; it may have happened');
        void this.runtime.sleep(timeoutMs).then(() => end(late));
      });
      givenUp.catch(reject);
      this.orders.push({ operation, givenUp, isGivenUp: () => over, resolve, reject });
      if (!this.isBusy) void this.workOff();
    });
  }

  private async workOff(): Promise<void> {
    this.isBusy = true;
    for (let order = this.orders.shift(); order !== undefined; order = this.orders.shift()) {
      await this.carryOut(order).then(order.resolve, order.reject);
    }
    this.isBusy = false;
  }

  private async carryOut({ operation, givenUp, isGivenUp }: Order): Promise<OperationResult> {
    if (isGivenUp()) return givenUp;
    this.counter += 1;
    const request = { client: this.name, seq: this.counter, operation };
    let mayBeDone: RpcError | undefined;
    while (!isGivenUp()) {
      try {
        await this.look();
        if (this.server !== undefined) {
          const asked = this.runtime.connect(PbService, this.server).operate(request, limit);
          const result = await Promise.race([asked, givenUp]);
          this.isDoubtful = false;
          return result;
        }
      } catch (error) {
        this.isDoubtful = true;
        if (!(error instanceof RpcError)) throw error;
        if (error.code === 'too-large' || error.code === 'rejected') throw error;
        if (!error.definite) mayBeDone = error;
        else if (!worthARetry.includes(error.code)) throw mayBeDone ?? error;
      }
      if (isGivenUp()) break;
      await Promise.race([this.runtime.sleep(40 + 40 * this.runtime.random()), givenUp]);
    }
    return givenUp;
  }

  /** Asks who is primary, if that is in doubt and somebody answers. */
  private async look(): Promise<void> {
    if (!this.isDoubtful) return;
    const view = await this.viewService.get({}, limit).catch(() => undefined);
    this.server = view === undefined ? this.server : (view.primary ?? undefined);
  }
}
