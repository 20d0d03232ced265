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
  readonly options: OperationOptions;
  readonly resolve: (result: OperationResult) => void;
  readonly reject: (error: unknown) => void;
}

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
    return new Promise((resolve, reject) => {
      this.orders.push({ operation, options, resolve, reject });
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

  private async carryOut({ operation, options }: Order): Promise<OperationResult> {
    this.counter += 1;
    const request = { client: this.name, seq: this.counter, operation };
    const endMs = this.runtime.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
    for (;;) {
      options.signal?.throwIfAborted();
      const leftMs = endMs - this.runtime.now();
      if (leftMs <= 0) throw new RpcError('timeout', 'not done in time; it may have happened');
      const limit = { timeoutMs: Math.min(leftMs, 400) };
      try {
        await this.look(limit);
        if (this.server !== undefined) {
          const result = await this.runtime.connect(PbService, this.server).operate(request, limit);
          this.isDoubtful = false;
          return result;
        }
      } catch (error) {
        this.isDoubtful = true;
        const isHopeless =
          error instanceof RpcError && error.definite && !worthARetry.includes(error.code);
        if (isHopeless) throw error;
      }
      await this.runtime.sleep(Math.min(40 + 40 * this.runtime.random(), leftMs));
    }
  }

  /** Asks who is primary, if that is in doubt and somebody answers. */
  private async look(limit: { timeoutMs: number }): Promise<void> {
    if (!this.isDoubtful) return;
    const view = await this.viewService.get({}, limit).catch(() => undefined);
    this.server = view === undefined ? this.server : (view.primary ?? undefined);
  }
}
