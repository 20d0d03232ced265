import { RpcError } from '../runtime/errors';
import type { Address, Json, Runtime } from '../runtime/node';
import type { Handlers, Remote } from '../runtime/service';
import { noView, type View, ViewService } from '../viewservice/api';
import type { ClientRequest, OperationResult, PbService } from './api';
import {
  type ConfirmArgs,
  type InstallArgs,
  ReplicationService,
  type StateEntry,
} from './replication-api';
import { StateMachine } from './state-machine';

export interface PbServerOptions {
  readonly viewService: Address;
  readonly pingIntervalMs: number;
}

export const defaultPbServerOptions = { pingIntervalMs: 100 };

/** A piece ends with the entry that passes this length: a message has 16 MiB at the most. */
const pieceLength = 1024 * 1024;

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
  /** As backup: the pieces that have come of a version. */
  private incoming: { viewnum: number; version: number; pieces: (readonly StateEntry[])[] } = {
    ...{ viewnum: 0, version: 0 },
    pieces: [],
  };
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
      if (!(await this.sendState(view, { viewnum: view.viewnum, version: 0 }, this.state))) return;
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

  /** Gives the backup this version of the state, piece by piece; false when there is a newer view. */
  private async sendState(
    view: View,
    stamp: { viewnum: number; version: number },
    state: StateMachine,
  ): Promise<boolean> {
    const pieces = piecesOf([...state.entries()]);
    for (let piece = 0; piece < pieces.length; piece += 1) {
      const args = {
        ...stamp,
        piece,
        last: piece === pieces.length - 1,
        state: pieces[piece] ?? [],
      };
      let hasRestarted = false;
      const install = (backup: Remote<typeof ReplicationService>) =>
        backup.install(args).catch((error: unknown) => {
          hasRestarted = error instanceof RpcError && error.code === 'not-initialised';
          if (!hasRestarted) throw error;
        });
      if (!(await this.insist(view, install))) return false;
      // The backup has lost the pieces before this one.
      if (hasRestarted) piece = -1;
    }
    return true;
  }

  operate(request: ClientRequest): Promise<OperationResult> {
    this.requirePrimary();
    return this.mutex.run(async () => {
      this.requirePrimary();
      const { view, stamp } = this;
      if (stamp?.viewnum !== view.viewnum) throw new RpcError('not-primary', 'not ready yet');
      const copy = new StateMachine(this.state);
      const outcome = copy.apply(request);
      // A refusal is remembered, so that the state changes with it, too.
      const isWrite = request.operation.op !== 'get';
      const next = { viewnum: view.viewnum, version: stamp.version + (isWrite ? 1 : 0) };
      const agreed = isWrite
        ? await this.sendState(view, next, copy)
        : await this.insist(view, (backup) => backup.confirm(next));
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

  install({ viewnum, version, piece, last, state }: InstallArgs): Record<string, never> {
    this.requireBackup(viewnum);
    const { stamp } = this;
    const isKnown = stamp !== null && stamp.viewnum === viewnum && version <= stamp.version;
    if (isKnown) return {};
    if (this.incoming.viewnum !== viewnum || this.incoming.version !== version) {
      this.incoming = { viewnum, version, pieces: [] };
    }
    const { pieces } = this.incoming;
    if (piece > pieces.length) throw new RpcError('not-initialised', 'earlier pieces are missing');
    if (piece === pieces.length) pieces.push(state);
    if (last && piece === pieces.length - 1) {
      this.state = StateMachine.of(pieces.flat());
      this.stamp = { viewnum, version };
      this.incoming.pieces = [];
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

function piecesOf(entries: readonly StateEntry[]): StateEntry[][] {
  const pieces: StateEntry[][] = [[]];
  let length = 0;
  for (const entry of entries) {
    if (length > pieceLength) {
      pieces.push([]);
      length = 0;
    }
    pieces.at(-1)?.push(entry);
    length += entry.name.length + entry.value.length;
  }
  return pieces;
}
