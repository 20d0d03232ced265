import { RpcError } from '../runtime/errors';
import type { Address, Json, Runtime } from '../runtime/node';
import type { Handlers, Remote } from '../runtime/service';
import { noView, type View, ViewService } from '../viewservice/api';
import type { ClientRequest, OperationResult, PbService } from './api';
import { type ConfirmArgs, type InstallArgs, ReplicationService } from './replication-api';
import { StateMachine } from './state-machine';

export interface PbServerOptions {
  readonly viewService: Address;
  readonly pingIntervalMs: number;
}

export const defaultPbServerOptions = { pingIntervalMs: 100 };

/** A lock that is handed on in the order in which it was asked for. */
class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(body: () => Promise<T>): Promise<T> {
    const result = this.last.then(body);
    this.last = result.catch(() => undefined);
    return result;
  }
}

export class PbServer implements Handlers<typeof PbService>, Handlers<typeof ReplicationService> {
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;
  private readonly mutex = new Mutex();
  private view: View = noView;
  private state = new StateMachine();
  /** The view and the version of `state`; null: whatever it is, it is not the state. */
  private stamp: { viewnum: number; version: number } | null = null;
  /** The number that the next ping carries. */
  private acknowledged = 0;
  private pinging = false;
  private started = false;

  constructor(runtime: Runtime, options: PbServerOptions) {
    this.runtime = runtime;
    this.viewService = runtime.connect(ViewService, options.viewService);
  }

  async start(): Promise<void> {
    for (;;) {
      const view = await this.viewService.get({}).catch(() => null);
      if (view !== null) {
        if (view.viewnum === 0) this.stamp = { viewnum: 0, version: 0 };
        break;
      }
      await this.runtime.sleep(30);
    }
    this.started = true;
    await this.tick();
  }

  async tick(): Promise<void> {
    // Only a ping of 0 must not be repeated blindly: it would look like another restart.
    if (!this.started || (this.pinging && this.acknowledged === 0)) return;
    this.pinging = true;
    const args = { server: this.runtime.address, viewnum: this.acknowledged };
    const view = await this.viewService.ping(args).catch(() => null);
    this.pinging = false;
    if (view !== null && view.viewnum > this.view.viewnum) this.learn(view);
  }

  inspect(): Json {
    return { view: this.view, stamp: this.stamp, state: [...this.state.entries()] };
  }

  private learn(view: View): void {
    this.view = view;
    const me = this.runtime.address;
    if (view.primary !== me) {
      this.acknowledged = view.viewnum;
      return;
    }
    if (this.stamp?.viewnum !== view.viewnum - 1) return;
    // The lock is free as soon as the operation under way has noticed the new view.
    void this.mutex.run(async () => {
      if (this.view !== view || this.stamp === null) return;
      const { backup } = view;
      const entries = [...this.state.entries()];
      const args = { viewnum: view.viewnum, version: 0, state: entries };
      if (backup !== null && !(await this.insist(view, (to) => to.install(args)))) return;
      this.stamp = { viewnum: view.viewnum, version: 0 };
      this.acknowledged = view.viewnum;
      void this.tick();
    });
  }

  /** Calls the backup until it agrees; false when there is a newer view. */
  private async insist(
    view: View,
    call: (backup: Remote<typeof ReplicationService>) => Promise<unknown>,
  ): Promise<boolean> {
    if (view.backup === null) return true;
    const backup = this.runtime.connect(ReplicationService, view.backup);
    while (this.view === view) {
      const agreed = await call(backup).then(
        () => true,
        () => false,
      );
      if (agreed) return this.view === view;
      await this.runtime.sleep(15);
    }
    return false;
  }

  operate(request: ClientRequest): Promise<OperationResult> {
    this.requirePrimary();
    return this.mutex.run(async () => {
      this.requirePrimary();
      const { view, stamp } = this;
      if (stamp?.viewnum !== view.viewnum) throw new RpcError('not-primary', 'not ready yet');
      const copy = new StateMachine(this.state);
      const outcome = copy.apply(request);
      const isWrite = request.operation.op !== 'get' && 'result' in outcome;
      const next = { viewnum: view.viewnum, version: stamp.version + (isWrite ? 1 : 0) };
      const state = isWrite ? [...copy.entries()] : [];
      const agreed = await this.insist(view, (backup) =>
        isWrite ? backup.install({ ...next, state }) : backup.confirm(next),
      );
      if (!agreed) throw new RpcError('view-changed', 'there is a newer view');
      this.state = copy;
      this.stamp = next;
      if ('error' in outcome) throw new RpcError(outcome.error.code, outcome.error.message);
      return outcome.result;
    });
  }

  private requirePrimary(): void {
    const { primary, viewnum } = this.view;
    const isReady = this.stamp !== null && this.stamp.viewnum >= viewnum - 1;
    if (primary !== this.runtime.address || !isReady) {
      throw new RpcError('not-primary', `not the acting primary of view ${viewnum}`);
    }
  }

  install({ viewnum, version, state }: InstallArgs): Record<string, never> {
    this.requireBackup(viewnum);
    const { stamp } = this;
    const isKnown = stamp !== null && stamp.viewnum === viewnum && version <= stamp.version;
    if (!isKnown) {
      this.state = StateMachine.of(state);
      this.stamp = { viewnum, version };
    }
    return {};
  }

  confirm({ viewnum, version }: ConfirmArgs): Record<string, never> {
    this.requireBackup(viewnum);
    if (this.stamp?.viewnum === viewnum && this.stamp.version === version) return {};
    throw new RpcError('not-initialised', 'another version is here');
  }

  private requireBackup(viewnum: number): void {
    if (this.view.viewnum === viewnum && this.view.backup === this.runtime.address) return;
    if (viewnum > this.view.viewnum) void this.tick();
    throw new RpcError('wrong-view', `this server is in view ${this.view.viewnum}`);
  }
}
