import { RpcError } from '../runtime/errors';
import type { Address, Json, Runtime } from '../runtime/node';
import type { Handlers, Remote } from '../runtime/service';
import { noView, type View, ViewService } from '../viewservice/api';
import type { ClientRequest, OperationResult, PbService } from './api';
import {
  type NextArgs,
  type PageArgs,
  type ReadyArgs,
  ReplicationService,
  type StateEntry,
} from './replication-api';
import { StateMachine } from './state-machine';

export interface PbServerOptions {
  readonly viewService: Address;
  readonly pingIntervalMs: number;
}

export const defaultPbServerOptions = { pingIntervalMs: 100 };

const maxPageLength = 200_000;
const maxJobs = 4_000;
const pauseMs = 12;

interface Job {
  readonly request: ClientRequest;
  /** Whoever waits for it: each retry is one more. */
  readonly done: ((outcome: OperationResult | RpcError) => void)[];
}

/** What this server is; each entry into a view makes a new one. */
type Role =
  | { readonly kind: 'bystander' }
  /** `frozen`: the state that the backup is fetching; null when it has it, or there is no backup. */
  | { readonly kind: 'primary'; readonly view: View; frozen: StateEntry[] | null; turn: number }
  | { readonly kind: 'backup'; readonly view: View; hasState: boolean; turn: number };

export class PbServer implements Handlers<typeof PbService>, Handlers<typeof ReplicationService> {
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;
  private view: View = noView;
  private role: Role = { kind: 'bystander' };
  private state = new StateMachine();
  /** Up to which view `state` is the state. */
  private validIn: number | undefined;
  private acknowledged = 0;
  private awake = false;
  private greeting = false;
  private jobs: Job[] = [];
  private wake: () => void = () => undefined;

  constructor(runtime: Runtime, options: PbServerOptions) {
    this.runtime = runtime;
    this.viewService = runtime.connect(ViewService, options.viewService);
  }

  async start(): Promise<void> {
    const first = await this.stubborn(
      () => this.viewService.get({}),
      () => true,
    );
    if (first?.viewnum === 0) this.validIn = 0;
    this.awake = true;
    void this.work();
    this.tick();
  }

  tick(): void {
    if (!this.awake || (this.acknowledged === 0 && this.greeting)) return;
    const viewnum = this.acknowledged;
    if (viewnum === 0) this.greeting = true;
    const settle = (view?: View) => {
      if (viewnum === 0) this.greeting = false;
      if (view !== undefined && view.viewnum > this.view.viewnum) this.change(view);
    };
    this.viewService.ping({ server: this.runtime.address, viewnum }).then(settle, () => settle());
  }

  inspect(): Json {
    return { view: this.view, role: this.role.kind, waiting: this.jobs.length };
  }

  private change(view: View): void {
    const me = this.runtime.address;
    this.view = view;
    if (view.primary === me) {
      if (this.validIn !== view.viewnum - 1) {
        this.retire({ kind: 'bystander' });
        return;
      }
      const frozen = view.backup === null ? null : [...this.state.entries()];
      this.role = { kind: 'primary', view, frozen, turn: 0 };
      if (frozen === null) this.open(view);
      return;
    }
    this.acknowledged = view.viewnum;
    if (view.backup === me) {
      this.retire({ kind: 'backup', view, hasState: false, turn: 0 });
      void this.fetch(view);
    } else this.retire({ kind: 'bystander' });
  }

  /** Enters a role in which clients are not served. */
  private retire(role: Role): void {
    this.role = role;
    for (const job of this.jobs.splice(0)) finish(job, new RpcError('view-changed', 'elsewhere'));
    this.wake();
  }

  private open(view: View): void {
    this.validIn = view.viewnum;
    this.acknowledged = view.viewnum;
    this.tick();
    this.wake();
  }

  private async stubborn<T>(call: () => Promise<T>, goOn: () => boolean): Promise<T | undefined> {
    while (goOn()) {
      const result = await call().catch(() => undefined);
      if (result !== undefined) return result;
      await this.runtime.sleep(pauseMs);
    }
    return undefined;
  }

  // As backup.

  private async fetch(view: View): Promise<void> {
    const { viewnum, primary } = view;
    const isCurrent = () => this.view === view;
    const source = this.runtime.connect(ReplicationService, primary as Address);
    const state = new StateMachine();
    for (let from = 0; ; ) {
      const page = await this.stubborn(() => source.page({ viewnum, from }), isCurrent);
      if (page === undefined || !isCurrent()) return;
      state.restore(page.entries);
      from += page.entries.length;
      if (from >= page.total) break;
    }
    if (this.role.kind !== 'backup') return;
    this.state = state;
    this.validIn = viewnum;
    this.role.hasState = true;
    await this.stubborn(() => source.ready({ viewnum }), isCurrent);
  }

  next({ viewnum, turn, request }: NextArgs): Record<string, never> {
    const { role } = this;
    if (viewnum > this.view.viewnum) this.tick();
    if (role.kind !== 'backup' || role.view.viewnum !== viewnum) {
      throw new RpcError('wrong-view', `in view ${this.view.viewnum}`);
    }
    if (!role.hasState || turn > role.turn) throw new RpcError('not-initialised', 'not so far yet');
    if (turn === role.turn) {
      this.state.apply(request);
      role.turn += 1;
    }
    return {};
  }

  // As primary.

  page({ viewnum, from }: PageArgs): { entries: StateEntry[]; total: number } {
    const frozen = this.primaryOf(viewnum).frozen;
    if (frozen === null) throw new RpcError('rejected', 'it was said that this is done');
    let length = 0;
    let end = from;
    while (end < frozen.length && length < maxPageLength) {
      length += JSON.stringify(frozen[end]).length;
      end += 1;
    }
    return { entries: frozen.slice(from, end), total: frozen.length };
  }

  ready({ viewnum }: ReadyArgs): Record<string, never> {
    const role = this.primaryOf(viewnum);
    if (role.frozen !== null) {
      role.frozen = null;
      this.open(role.view);
    }
    return {};
  }

  private primaryOf(viewnum: number): Role & { kind: 'primary' } {
    const { role } = this;
    if (role.kind === 'primary' && role.view.viewnum === viewnum) return role;
    if (viewnum > this.view.viewnum) this.tick();
    throw new RpcError('wrong-view', `in view ${this.view.viewnum}`);
  }

  operate(request: ClientRequest): Promise<OperationResult> {
    if (this.role.kind !== 'primary') throw new RpcError('not-primary', `in ${this.view.viewnum}`);
    if (this.jobs.length >= maxJobs) throw new RpcError('overloaded', 'too many wait');
    return new Promise((resolve, reject) => {
      const done = (outcome: OperationResult | RpcError) =>
        outcome instanceof RpcError ? reject(outcome) : resolve(outcome);
      const { client, seq } = request;
      const same = this.jobs.find((job) => job.request.client === client);
      if (same?.request.seq === seq) same.done.push(done);
      else this.jobs.push({ request, done: [done] });
      this.wake();
    });
  }

  /** The loop of this server, for its whole life: one operation after the other. */
  private async work(): Promise<never> {
    for (;;) {
      const { role } = this;
      const [job] = this.jobs;
      if (role.kind !== 'primary' || role.frozen !== null || job === undefined) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      if (!(await this.replicated(role, job.request))) continue;
      this.jobs.shift();
      const outcome = this.state.apply(job.request);
      if ('result' in outcome) finish(job, outcome.result);
      else finish(job, new RpcError(outcome.error.code, outcome.error.message));
    }
  }

  private async replicated(
    role: Role & { kind: 'primary' },
    request: ClientRequest,
  ): Promise<boolean> {
    const { viewnum, backup } = role.view;
    if (backup === null) return true;
    const remote = this.runtime.connect(ReplicationService, backup);
    const { turn } = role;
    const isCurrent = () => this.role === role;
    const reply = await this.stubborn(() => remote.next({ viewnum, turn, request }), isCurrent);
    if (reply === undefined || !isCurrent()) return false;
    role.turn += 1;
    return true;
  }
}

function finish({ done }: Job, outcome: OperationResult | RpcError): void {
  for (const tell of done) tell(outcome);
}
