/** One server of a chain: it applies writes in order and hands each on to the next server. */
import { RpcError } from '../../runtime/errors';
import type { Address, Runtime } from '../../runtime/node';
import type { Handlers } from '../../runtime/service';
import { ChainService, type Write } from './api';

export interface ChainServerOptions {
  /** The next server of the chain; null: this is the tail. */
  readonly next: Address | null;
}

// solution: begin
/** Between two tries to hand something on, in milliseconds. */
const pauseMs = 50;
// solution: end

export class ChainServer implements Handlers<typeof ChainService> {
  private readonly runtime: Runtime;
  private readonly options: ChainServerOptions;
  // solution: begin
  private readonly data = new Map<string, string>();
  /** At the head: the number of each write that a client has asked for. */
  private readonly numbers = new Map<string, number>();
  /** By the number of a write: all servers from here on have it. */
  private readonly reached: Promise<void>[] = [Promise.resolve()];
  // solution: end

  constructor(runtime: Runtime, options: ChainServerOptions) {
    this.runtime = runtime;
    this.options = options;
  }

  /** A client asks the head. The reply: every server has it. */
  async write({ client, seq, write }: { client: string; seq: number; write: Write }) {
    // solution: begin
    // stub: throw notImplemented('pbservice/chain/chain-server.ts', 'ChainServer.write');
    const id = `${client} ${seq}`;
    const number = this.numbers.get(id) ?? this.reached.length;
    this.numbers.set(id, number);
    return this.handOn({ number, write });
    // solution: end
  }

  /** A client asks the tail. */
  read({ key }: { key: string }): { value: string | null } {
    // solution: begin
    // stub: throw notImplemented('pbservice/chain/chain-server.ts', 'ChainServer.read');
    return { value: this.data.get(key) ?? null };
    // solution: end
  }

  /** The server before this one hands on a write. The reply: this server and all after it have it. */
  async handOn({ number, write }: { number: number; write: Write }): Promise<object> {
    // solution: begin
    // stub: throw notImplemented('pbservice/chain/chain-server.ts', 'ChainServer.handOn');
    if (number > this.reached.length)
      throw new RpcError('rejected', 'the one before it is missing');
    if (number === this.reached.length) {
      this.apply(write);
      // One after the other: so they stay in order.
      const before = this.reached[number - 1];
      this.reached.push(Promise.resolve(before).then(() => this.tellNext(number, write)));
    }
    await this.reached[number];
    return {};
    // solution: end
  }

  /** For people who look at a run. */
  inspect() {
    // solution: begin
    // stub: return {};
    return { next: this.options.next, writes: this.reached.length - 1, data: [...this.data] };
    // solution: end
  }
  // solution: begin

  private apply({ op, key, value }: Write): void {
    const old = op === 'append' ? (this.data.get(key) ?? '') : '';
    this.data.set(key, old + value);
  }

  /** Again and again, until the next server says that it has it. */
  private async tellNext(number: number, write: Write): Promise<void> {
    const { next } = this.options;
    if (next === null) return;
    const server = this.runtime.connect(ChainService, next);
    for (;;) {
      try {
        await server.handOn({ number, write });
        return;
      } catch {
        await this.runtime.sleep(pauseMs);
      }
    }
  }
  // solution: end
}
