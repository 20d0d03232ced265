/** The model of a coordination service as an arbiter sees it, from a node of the simulated world. */
import type { Coordination, Session } from '../../arbiter/coordination';
import type { Address, Runtime } from '../../runtime/node';
import { type Binding, type Remote, serve } from '../../runtime/service';
import { CoordinationService, CoordinationWatcher } from './api';

/** The bound on every call, in milliseconds: short against a lease, long against a slow network. */
const limit = { timeoutMs: 120 };

export class ModelClient implements Coordination {
  readonly name: string;
  /** The service that the node must serve to be told of changes. */
  readonly watching: Binding;
  private readonly runtime: Runtime;
  private readonly service: Remote<typeof CoordinationService>;
  private readonly clientName: string;
  private watcher: Address | null = null;
  private onChange: () => void = () => undefined;

  constructor(runtime: Runtime, at: Address) {
    this.name = `the coordination service ${at}`;
    this.runtime = runtime;
    this.service = runtime.connect(CoordinationService, at);
    // Each incarnation of a node is a client of its own.
    this.clientName = `${runtime.address}-${Math.floor(runtime.random() * 2 ** 48).toString(16)}`;
    const changed = () => {
      this.onChange();
      return {};
    };
    this.watching = serve(CoordinationWatcher, { changed });
  }

  async openSession(ttlMs: number): Promise<Session> {
    const { service, clientName: client } = this;
    const { session, trustMs } = await service.openSession({ ttlMs }, limit);
    return {
      id: session,
      trustMs,
      renew: async () => (await service.renew({ session }, limit)).lives,
      attach: async (key, value) => {
        const { done } = await service.attach({ client, session, key, value }, limit);
        if (!done) throw new Error(`${session} has ended`);
      },
      end: async () => {
        await service.end({ session }, limit).catch(() => undefined);
      },
    };
  }

  get(key: string) {
    return this.service.get({ client: this.clientName, key }, limit);
  }

  async list(prefix: string): Promise<readonly string[]> {
    const { clientName: client, watcher } = this;
    return (await this.service.list({ client, prefix, watcher }, limit)).names;
  }

  async compareAndSwap(key: string, version: string | number | null, value: string) {
    const { clientName: client } = this;
    const args = { client, key, version: version as number | null, value };
    return (await this.service.compareAndSwap(args, limit)).swapped;
  }

  watch(onChange: () => void): void {
    this.onChange = onChange;
    this.watcher = this.runtime.address;
  }

  async close(): Promise<void> {}
}
