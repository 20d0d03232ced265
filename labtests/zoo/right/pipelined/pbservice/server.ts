import { RpcError } from '../runtime/errors';
import type { Address, Json, Runtime } from '../runtime/node';
import type { Handlers, Remote } from '../runtime/service';
import { noView, type View, ViewService } from '../viewservice/api';
import type { ClientRequest, OperationResult, PbService } from './api';
import {
  type ApplyArgs,
  type LoadArgs,
  ReplicationService,
  type StateEntry,
} from './replication-api';
import { StateMachine } from './state-machine';

export interface PbServerOptions {
  readonly viewService: Address;
  readonly pingIntervalMs: number;
}

export const defaultPbServerOptions = { pingIntervalMs: 100 };

const maxPending = 5_000;

interface Pending {
  readonly request: ClientRequest;
  readonly answers: { resolve(result: OperationResult): void; reject(error: RpcError): void }[];
}

/** The log of one view at its primary. */
interface Log {
  readonly view: View;
  next: number;
  readonly unconfirmed: Map<number, Pending>;
  /** Entries that have been applied here and at the backup. */
  applied: number;
  /** Entries that the backup has applied. */
  confirmed: number;
}

export class PbServer implements Handlers<typeof PbService>, Handlers<typeof ReplicationService> {
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;
  private view: View = noView;
  private machine = new StateMachine();
  /** The view whose state `machine` has; -1: none. */
  private epoch = -1;
  private started = false;
  private zeroUnderWay = false;

  /** As acting primary. */
  private log: Log | null = null;
  /** Operations in their order, with a log or waiting for one. */
  private pending = new Map<string, Pending>();

  /** As backup: what is applied, and what came before its turn. */
  private applied = 0;
  private early = new Map<number, ClientRequest>();
  /** Parts of the state of this view. */
  private loaded = new Map<number, StateEntry[]>();

  constructor(runtime: Runtime, options: PbServerOptions) {
    this.runtime = runtime;
    this.viewService = runtime.connect(ViewService, options.viewService);
  }

  async start(): Promise<void> {
    while (!this.started) {
      try {
        const { viewnum } = await this.viewService.get({});
        if (viewnum === 0) this.epoch = 0;
        this.started = true;
      } catch {
        await this.runtime.sleep(25);
      }
    }
    await this.tick();
  }

  async tick(): Promise<void> {
    const { viewnum: current, primary } = this.view;
    const isReady = primary !== this.runtime.address || this.epoch === current;
    const viewnum = isReady ? current : Math.max(0, this.epoch);
    if (!this.started || (viewnum === 0 && this.zeroUnderWay)) return;
    if (viewnum === 0) this.zeroUnderWay = true;
    try {
      const view = await this.viewService.ping({ server: this.runtime.address, viewnum });
      if (view.viewnum > this.view.viewnum) this.enter(view);
    } catch {
      // The next tick tries again.
    }
    if (viewnum === 0) this.zeroUnderWay = false;
  }

  inspect(): Json {
    return { view: this.view, epoch: this.epoch, state: [...this.machine.entries()] };
  }

  private enter(view: View): void {
    this.view = view;
    this.log = null;
    this.applied = 0;
    this.early.clear();
    this.loaded.clear();
    if (view.primary === this.runtime.address && this.epoch === view.viewnum - 1) {
      void this.lead(view);
      return;
    }
    for (const { answers } of this.pending.values()) {
      for (const { reject } of answers) reject(new RpcError('view-changed', 'deposed'));
    }
    this.pending.clear();
  }

  private async lead(view: View): Promise<void> {
    const { viewnum, backup } = view;
    if (backup !== null) {
      const parts = partsOf([...this.machine.entries()]);
      const remote = this.runtime.connect(ReplicationService, backup);
      // A large state takes its time on the way.
      const loads = parts.map((entries, part) => {
        const args = { viewnum, part, parts: parts.length, entries };
        return this.persist(view, () => remote.load(args, { timeoutMs: 2_000 }));
      });
      if ((await Promise.all(loads)).includes(null)) return;
    }
    this.epoch = viewnum;
    this.log = { view, next: 1, unconfirmed: new Map(), applied: 0, confirmed: 0 };
    void this.tick();
    for (const one of this.pending.values()) this.send(this.log, one);
  }

  /** The reply, however many tries it takes; null when there is a newer view. */
  private async persist<T>(view: View, call: () => Promise<T>): Promise<T | null> {
    while (this.view === view) {
      try {
        const reply = await call();
        return this.view === view ? reply : null;
      } catch {
        await this.runtime.sleep(10);
      }
    }
    return null;
  }

  operate(request: ClientRequest): Promise<OperationResult> {
    const { viewnum, primary } = this.view;
    const isActing = primary === this.runtime.address && this.epoch >= viewnum - 1;
    if (!isActing || this.epoch < 0) throw new RpcError('not-primary', `in view ${viewnum}`);
    const key = JSON.stringify([request.client, request.seq]);
    return new Promise((resolve, reject) => {
      const known = this.pending.get(key);
      if (known !== undefined) return void known.answers.push({ resolve, reject });
      if (this.pending.size >= maxPending) return reject(new RpcError('overloaded', 'full'));
      const pending = { request, answers: [{ resolve, reject }] };
      this.pending.set(key, pending);
      if (this.log !== null) this.send(this.log, pending);
    });
  }

  private send(log: Log, pending: Pending): void {
    const index = log.next++;
    log.unconfirmed.set(index, pending);
    const { viewnum, backup } = log.view;
    if (backup === null) {
      this.confirm(log, index);
      return;
    }
    const remote = this.runtime.connect(ReplicationService, backup);
    const { request } = pending;
    const apply = async () => {
      const { applied } = await remote.apply({ viewnum, index, request });
      if (this.log === log) this.confirm(log, applied);
      if (applied < index) throw new Error('not its turn yet');
    };
    void this.persist(log.view, apply);
  }

  /** The backup has applied all entries up to this one. */
  private confirm(log: Log, upTo: number): void {
    log.confirmed = Math.max(log.confirmed, upTo);
    while (log.applied < log.confirmed) {
      log.applied += 1;
      const { request, answers } = log.unconfirmed.get(log.applied) as Pending;
      log.unconfirmed.delete(log.applied);
      this.pending.delete(JSON.stringify([request.client, request.seq]));
      const outcome = this.machine.apply(request);
      for (const { resolve, reject } of answers) {
        if ('result' in outcome) resolve(outcome.result);
        else reject(new RpcError(outcome.error.code, outcome.error.message));
      }
    }
  }

  load({ viewnum, part, parts, entries }: LoadArgs): Record<string, never> {
    this.requireBackup(viewnum);
    if (this.epoch === viewnum) return {};
    this.loaded.set(part, entries);
    if (this.loaded.size < parts) return {};
    this.machine = new StateMachine();
    for (let next = 0; next < parts; next += 1) this.machine.restore(this.loaded.get(next) ?? []);
    this.loaded.clear();
    this.epoch = viewnum;
    return {};
  }

  apply({ viewnum, index, request }: ApplyArgs): { applied: number } {
    this.requireBackup(viewnum);
    if (this.epoch !== viewnum) throw new RpcError('not-initialised', 'no state yet');
    if (index > this.applied && index <= this.applied + maxPending) this.early.set(index, request);
    for (;;) {
      const next = this.early.get(this.applied + 1);
      if (next === undefined) return { applied: this.applied };
      this.applied += 1;
      this.early.delete(this.applied);
      this.machine.apply(next);
    }
  }

  private requireBackup(viewnum: number): void {
    if (viewnum > this.view.viewnum) void this.tick();
    if (viewnum !== this.view.viewnum || this.view.backup !== this.runtime.address) {
      throw new RpcError('wrong-view', `in view ${this.view.viewnum}`);
    }
  }
}

/** A message has 16 MiB at the most: a part ends with the entry that passes a million characters. */
function partsOf(entries: readonly StateEntry[]): StateEntry[][] {
  const parts: StateEntry[][] = [[]];
  let length = 0;
  for (const entry of entries) {
    if (length > 1_000_000) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(entry);
    length += (entry.value?.length ?? 0) + (entry.of === 'map' ? entry.key.length : 0);
  }
  return parts;
}
