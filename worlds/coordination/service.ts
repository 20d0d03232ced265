/** The model of a coordination service, as a node of the simulated world. */
import type { Address, Boot, Runtime } from '../../runtime/node';
import { type Args, type Handlers, type Reply, serve } from '../../runtime/service';
import { CoordinationService, CoordinationWatcher } from './api';
import type { Store } from './store';

type Contract = typeof CoordinationService;

/** In what the services differ, as far as an arbiter can notice. */
export interface CoordinationTraits {
  /** The share of a session's time for which its holder may trust it. */
  readonly trust: number;
  /** How much later than due a session may be found to have ended, in milliseconds. */
  readonly lateMs: number;
  /** How far behind reads may be; they never go back, and see what the reader itself has written. */
  readonly lagMs: number;
  /** How long news of a change may take to leave, in milliseconds, and how often it gets lost. */
  readonly newsMs: number;
  readonly newsLost: number;
  readonly tickIntervalMs: number;
  /** Instead of chance: the share of all these times that everything takes. */
  readonly always?: number;
}

const usual = { newsMs: 300, newsLost: 0.1, tickIntervalMs: 25 };

/** etcd looks for leases that have ended twice a second, and reads what a quorum has. */
export const etcdLike: CoordinationTraits = { ...usual, trust: 1, lateMs: 500, lagMs: 0 };
/** ZooKeeper reads from one server, which may be behind, and ends sessions in steps of a tick. */
export const zooKeeperLike: CoordinationTraits = { ...usual, trust: 0.75, lateMs: 250, lagMs: 300 };

export function coordinationNode(store: Store, kind: CoordinationTraits): Boot {
  return (runtime) => {
    const service = new ModelService(runtime, store, kind);
    return {
      serves: [serve(CoordinationService, service)],
      tick: () => service.tick(),
      tickIntervalMs: kind.tickIntervalMs,
      memory: service,
    };
  };
}

class ModelService implements Handlers<Contract> {
  private readonly runtime: Runtime;
  private readonly store: Store;
  private readonly kind: CoordinationTraits;
  /** The newest revision that each client has seen. */
  private readonly seen = new Map<string, number>();
  private watchers = new Set<Address>();
  private lateMs = 0;

  constructor(runtime: Runtime, store: Store, kind: CoordinationTraits) {
    this.runtime = runtime;
    this.store = store;
    this.kind = kind;
    store.restart(runtime.now());
  }

  tick(): void {
    const { revision } = this.store.newest;
    if (this.store.expire(this.runtime.now(), this.lateMs)) {
      this.lateMs = this.runtime.random() * this.kind.lateMs;
    }
    this.tellIfChanged(revision);
  }

  openSession({ ttlMs }: Args<Contract, 'openSession'>): Reply<Contract, 'openSession'> {
    const session = this.store.open(ttlMs, this.runtime.now());
    return { session, trustMs: ttlMs * this.kind.trust };
  }

  renew({ session }: Args<Contract, 'renew'>): Reply<Contract, 'renew'> {
    return { lives: this.store.renew(session, this.runtime.now()) };
  }

  end({ session }: Args<Contract, 'end'>): Reply<Contract, 'end'> {
    this.changing(null, () => this.store.end(session, this.runtime.now()));
    return {};
  }

  attach(args: Args<Contract, 'attach'>): Reply<Contract, 'attach'> {
    const { client, session, key, value } = args;
    const now = this.runtime.now();
    return { done: this.changing(client, () => this.store.attach(session, key, value, now)) };
  }

  get({ client, key }: Args<Contract, 'get'>): Reply<Contract, 'get'> {
    const entry = this.read(client).get(key);
    return { value: entry?.value ?? null, version: entry?.version ?? null };
  }

  list({ client, prefix, watcher }: Args<Contract, 'list'>): Reply<Contract, 'list'> {
    const keys = [...this.read(client).keys()].filter((key) => key.startsWith(prefix));
    if (watcher !== null) this.watchers.add(watcher);
    return { names: keys.map((key) => key.slice(prefix.length)) };
  }

  compareAndSwap(args: Args<Contract, 'compareAndSwap'>): Reply<Contract, 'compareAndSwap'> {
    const { client, key, version, value } = args;
    const now = this.runtime.now();
    const swap = () => this.store.compareAndSwap(key, version, value, now);
    return { swapped: this.changing(client, swap) };
  }

  private read(client: string) {
    const { always = this.runtime.random(), lagMs: longestMs } = this.kind;
    const lagMs = always * longestMs;
    const state = this.store.seenBy(this.seen.get(client) ?? 0, this.runtime.now(), lagMs);
    this.seen.set(client, state.revision);
    return state.keys;
  }

  private changing<T>(client: string | null, change: () => T): T {
    const { revision } = this.store.newest;
    const result = change();
    if (client !== null) this.seen.set(client, this.store.newest.revision);
    this.tellIfChanged(revision);
    return result;
  }

  private tellIfChanged(before: number): void {
    if (this.store.newest.revision === before) return;
    const { watchers, runtime, kind } = this;
    this.watchers = new Set();
    for (const watcher of watchers) {
      if (runtime.random() < kind.newsLost) continue;
      void runtime.sleep(runtime.random() * kind.newsMs).then(() =>
        runtime
          .connect(CoordinationWatcher, watcher)
          .changed({})
          .catch(() => undefined),
      );
    }
  }
}
