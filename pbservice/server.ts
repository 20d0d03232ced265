/**
 * A replica of the key/value service: primary, backup or idle, as the view service decides.
 *
 * - It pings the view service at each tick with the newest view number that it knows: 0 when it has
 *   just started. As primary it does not acknowledge a view, by pinging with its number, before the
 *   backup of that view has the whole state.
 * - The primary has an operation applied by the backup of its view before it applies it itself and
 *   answers. Reads go that way, too: a primary that was replaced and does not know it yet would
 *   answer from the past. Both apply the same operations in the same order.
 * - Whoever is not the primary, or is and does not hold the state, refuses clients with
 *   `not-primary`. A backup accepts messages only from the primary of its own view (`wrong-view`).
 * - A server that starts has empty memory. It must not take that for the state, unless nothing was
 *   ever written: then the view service has no view yet.
 * - Whatever it waits for, it goes on pinging, and it gives up what it does for a view that is over.
 */
// solution: begin
// stub: import { notImplemented } from '../runtime/errors';
// stub: import type { Address, Json, Runtime } from '../runtime/node';
// stub: import type { Handlers, Remote } from '../runtime/service';
// stub: import { noView, type View, ViewService } from '../viewservice/api';
// stub: import type { ClientRequest, OperationResult, PbService } from './api';
// stub: import type { ForwardArgs, ReplicationService, TransferArgs } from './replication-api';
/*
 * One number carries the safety of the whole: `stateView`, the view whose state this replica holds.
 * It serves clients as primary, or accepts forwards as backup, only while `stateView` is the number
 * of the newest view it knows.
 *
 * - In view 0, when nothing was ever written, every server that sees it holds its state: nothing.
 * - The primary of view n takes its state over from view n - 1, if it holds that.
 * - The backup of view n gets its state from the primary of view n, and never otherwise.
 */
import { type ErrorBody, type ErrorCode, messageOf, RpcError } from '../runtime/errors';
import type { Address, Json, Runtime } from '../runtime/node';
import type { Handlers, Remote } from '../runtime/service';
import { noView, type View, ViewService } from '../viewservice/api';
import type { ClientRequest, OperationResult, PbService } from './api';
import {
  type ForwardArgs,
  ReplicationService,
  type StateEntry,
  type TransferArgs,
} from './replication-api';
import { StateMachine } from './state-machine';
// solution: end

export interface PbServerOptions {
  /** Where the view service is. */
  readonly viewService: Address;
  /** Milliseconds between two pings. Default 100. */
  readonly pingIntervalMs: number;
}

export const defaultPbServerOptions = { pingIntervalMs: 100 };

// solution: begin
/** Milliseconds between two tries to reach the backup. */
const retryPauseMs = 20;
/** How many operations may wait at the primary; more are refused as `overloaded`. */
const maxWaiting = 10_000;
/** A forward carries at most this many operations, and ends with the one that passes this length. */
const maxBatchRequests = 512;
const maxBatchLength = 1024 * 1024;
/** A chunk of a state transfer ends with the entry that passes this length, in code units. */
const maxChunkLength = 256 * 1024;

/** An operation that waits at the primary for its turn and for the backup. */
interface Waiting {
  readonly request: ClientRequest;
  readonly promise: Promise<OperationResult>;
  readonly resolve: (result: OperationResult) => void;
  readonly reject: (error: RpcError) => void;
  /** It was sent to a backup, which may have applied it. */
  forwarded: boolean;
}

/** A state transfer of which some chunks have come. */
interface Incoming {
  readonly viewnum: number;
  readonly attempt: number;
  readonly state: StateMachine;
  nextChunk: number;
}

// solution: end
export class PbServer implements Handlers<typeof PbService>, Handlers<typeof ReplicationService> {
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;

  /** The newest view that this replica knows. */
  private view: View = noView;
  // solution: begin
  // stub: // Add what else this replica has to remember: the state (StateMachine), whether it may be
  // stub: // used, what is under way.
  private state = new StateMachine();
  /** The view whose state `state` is; null after a restart, when it is nobody's. */
  private stateView: number | null = null;
  /** How many forwards of this view have been applied: the position of the next one. */
  private position = 0;

  private started = false;
  private firstPingUnderWay = false;
  private viewServiceReachable = true;
  /** Pings on their way, oldest first, but for those that were sent before one that was answered. */
  private readonly pings: object[] = [];

  /** As primary: the operations that wait, in the order in which they will be applied. */
  private queue: Waiting[] = [];
  private readonly waitingOf = new Map<string, Waiting>();
  /** The view for which operations are being replicated right now. */
  private replicating: View | null = null;
  /** As backup: the transfer under way. */
  private incoming: Incoming | null = null;
  // solution: end

  constructor(runtime: Runtime, options: PbServerOptions) {
    this.runtime = runtime;
    this.viewService = runtime.connect(ViewService, options.viewService);
  }

  /**
   * Called once, before anything else. Asks whether there has been any view yet. If not, nothing was
   * ever written, and this server holds the state of view 0. A server that restarts cannot fall for
   * that: its own past is a view.
   */
  async start(): Promise<void> {
    // solution: begin
    // stub: throw notImplemented('pbservice/server.ts', 'PbServer.start');
    while (!this.started) {
      try {
        const view = await this.viewService.get({});
        this.stateView = view.viewnum === 0 ? 0 : null;
        this.started = true;
        this.viewServiceAnswered();
      } catch (error) {
        this.viewServiceFailed(error);
        await this.runtime.sleep(retryPauseMs);
      }
    }
    await this.ping();
    // solution: end
  }

  /** Called every pingIntervalMs: pings the view service, and enters the view that it answers with. */
  async tick(): Promise<void> {
    // solution: begin
    // stub: throw notImplemented('pbservice/server.ts', 'PbServer.tick');
    await this.ping();
    // solution: end
  }

  /** What is going on here, for people to look at. */
  inspect(): Json {
    // solution: begin
    // stub: return { view: this.view };
    return {
      view: this.view,
      stateView: this.stateView,
      position: this.position,
      waiting: this.queue.length,
      state: [...this.state.entries()],
    };
    // solution: end
  }

  // solution: begin
  // The view: ping, and enter the views that the view service makes.

  private async ping(): Promise<void> {
    const viewnum = this.pingNumber();
    // A late 0 looks like a restart. So there is never more than one of them on its way.
    if (!this.started || (viewnum === 0 && this.firstPingUnderWay)) return;
    this.firstPingUnderWay = viewnum === 0;
    const ping = {};
    this.pings.push(ping);
    try {
      const view = await this.viewService.ping({ server: this.runtime.address, viewnum });
      this.pings.splice(0, this.pings.indexOf(ping) + 1);
      this.viewServiceAnswered();
      this.enter(view);
    } catch (error) {
      // What was lost before the newest answer says nothing about now.
      if (!this.pings.includes(ping)) return;
      this.pings.splice(this.pings.indexOf(ping), 1);
      this.viewServiceFailed(error);
    } finally {
      if (viewnum === 0) this.firstPingUnderWay = false;
    }
  }

  /** The newest view number, but as primary only a view that this server is ready to serve. */
  private pingNumber(): number {
    return this.isPrimary() && !this.holdsState() ? (this.stateView ?? 0) : this.view.viewnum;
  }

  private enter(view: View): void {
    // Replies overtake each other: an older view is old news.
    if (view.viewnum <= this.view.viewnum) return;
    this.view = view;
    this.incoming = null;
    this.runtime.log('entered-view', { ...view, role: this.role() });
    if (!this.isPrimary()) this.refuseWaiting();
    else if (this.stateView === view.viewnum - 1) void this.takeOffice(view);
    else this.runtime.log('no-state', { viewnum: view.viewnum });
  }

  private role(): string {
    if (this.isPrimary()) return 'primary';
    return this.isBackup() ? 'backup' : 'idle';
  }

  private isPrimary(): boolean {
    return this.view.primary === this.runtime.address;
  }

  private isBackup(): boolean {
    return this.view.backup === this.runtime.address;
  }

  private holdsState(): boolean {
    return this.stateView === this.view.viewnum;
  }

  private viewServiceAnswered(): void {
    if (!this.viewServiceReachable) this.runtime.log('view-service-back');
    this.viewServiceReachable = true;
  }

  private viewServiceFailed(error: unknown): void {
    if (this.viewServiceReachable) {
      this.runtime.log('view-service-unreachable', { error: messageOf(error) });
    }
    this.viewServiceReachable = false;
  }

  // As primary: first the backup gets the state, then operations go through it one batch at a time.

  private async takeOffice(view: View): Promise<void> {
    if (view.backup !== null) {
      if (!(await this.transferState(view, view.backup))) return;
      this.runtime.log('backup-initialised', { viewnum: view.viewnum, backup: view.backup });
    }
    this.stateView = view.viewnum;
    this.position = 0;
    void this.replicate();
    await this.ping();
  }
  // solution: end

  /**
   * A client asks for an operation. Resolves with its result when backup and primary have applied it.
   * Rejects with RpcError: `not-primary` when this server may not serve, `view-changed` when the view
   * was over before the backup had answered, `overloaded` when too many wait, or with the error that
   * the state machine has for it. The same request may come again, also while it is under way.
   */
  async operate(request: ClientRequest): Promise<OperationResult> {
    // solution: begin
    // stub: throw notImplemented('pbservice/server.ts', 'PbServer.operate');
    // A retry joins the operation that waits already; the state machine knows one that was applied
    // before.
    const { client, seq } = request;
    if (!this.isPrimary() || !(this.holdsState() || this.stateView === this.view.viewnum - 1)) {
      throw this.notPrimary();
    }
    const same = this.waitingOf.get(client);
    if (same !== undefined && same.request.seq === seq) return same.promise;
    if (this.queue.length >= maxWaiting) {
      throw new RpcError('overloaded', `${maxWaiting} operations wait at this primary already`);
    }
    const waiting = makeWaiting(request);
    this.waitingOf.set(client, waiting);
    this.queue.push(waiting);
    void this.replicate();
    return waiting.promise;
    // solution: end
  }

  // solution: begin
  private notPrimary(): RpcError {
    const { viewnum, primary } = this.view;
    const reason = this.isPrimary() ? 'it has no state' : `primary is ${primary ?? 'nobody'}`;
    return new RpcError('not-primary', `not the acting primary of view ${viewnum}: ${reason}`);
  }

  /** Works off the queue while this view lasts. At most one runs for each view. */
  private async replicate(): Promise<void> {
    const { view } = this;
    if (this.replicating === view) return;
    this.replicating = view;
    while (this.view === view && this.holdsState() && this.queue.length > 0) {
      const batch = this.nextBatch();
      if (view.backup !== null && !(await this.forwardBatch(view, view.backup, batch))) break;
      // No await from here on: nothing comes between what the backup did and what we do.
      this.queue = this.queue.slice(batch.length);
      for (const waiting of batch) this.finish(waiting);
    }
    if (this.replicating === view) this.replicating = null;
  }

  private nextBatch(): Waiting[] {
    let length = 0;
    let count = 0;
    while (count < this.queue.length && count < maxBatchRequests && length < maxBatchLength) {
      length += requestLength((this.queue[count] as Waiting).request);
      count += 1;
    }
    return this.queue.slice(0, count);
  }

  /** True when the backup of `view` has applied the batch and the view is still the newest. */
  private async forwardBatch(view: View, to: Address, batch: Waiting[]): Promise<boolean> {
    const backup = this.runtime.connect(ReplicationService, to);
    const requests = batch.map((waiting) => {
      waiting.forwarded = true;
      return waiting.request;
    });
    const { viewnum } = view;
    const accepted = await this.untilDone(view, () =>
      backup.forward({ viewnum, position: this.position, requests }),
    );
    if (accepted) this.position += 1;
    return accepted;
  }

  private finish(waiting: Waiting): void {
    const { request } = waiting;
    const outcome = this.state.apply(request);
    if (this.waitingOf.get(request.client) === waiting) this.waitingOf.delete(request.client);
    if ('result' in outcome) waiting.resolve(outcome.result);
    else waiting.reject(rpcError(outcome.error));
  }

  /** This server was deposed: whoever waits here has to go to the new primary. */
  private refuseWaiting(): void {
    const { viewnum } = this.view;
    for (const { forwarded, reject } of this.queue) {
      reject(
        forwarded
          ? new RpcError('view-changed', `view ${viewnum} came before the backup had answered`)
          : this.notPrimary(),
      );
    }
    this.queue = [];
    this.waitingOf.clear();
  }

  /** Sends the full state, chunk by chunk; a backup that lost the thread gets it from the start. */
  private async transferState(view: View, to: Address): Promise<boolean> {
    const backup = this.runtime.connect(ReplicationService, to);
    const { viewnum } = view;
    for (let attempt = 0; this.view === view; attempt += 1) {
      let chunk = 0;
      try {
        for (const { entries, last } of chunks(this.state.entries())) {
          const args = { viewnum, attempt, chunk, last, entries };
          const send = () => backup.transfer(args);
          if (!(await this.untilDone(view, send, 'not-initialised'))) return false;
          chunk += 1;
        }
        return true;
      } catch (error) {
        this.runtime.log('transfer-starts-over', { viewnum, backup: to, error: messageOf(error) });
        await this.runtime.sleep(retryPauseMs);
      }
    }
    return false;
  }

  /**
   * Makes a call to the backup until it succeeds (true) or the view is no longer the newest (false);
   * throws only the error that the caller wants to deal with itself. A backup that refuses for good
   * has restarted, or knows a newer view: then the view service has a newer view for us, too.
   */
  private async untilDone(
    view: View,
    call: () => Promise<unknown>,
    mine?: ErrorCode,
  ): Promise<boolean> {
    while (this.view === view) {
      try {
        await call();
        return this.view === view;
      } catch (error) {
        if (this.view !== view) return false;
        const code = error instanceof RpcError ? error.code : undefined;
        if (code !== undefined && code === mine) throw error;
        if (code === 'wrong-view') void this.ping();
      }
      await this.runtime.sleep(retryPauseMs);
    }
    return false;
  }

  // solution: end
  /** As backup: applies what the primary of this very view sends, in its order. */
  // solution: begin
  // stub: forward({ viewnum, requests }: ForwardArgs): Record<string, never> {
  // stub:   throw notImplemented('pbservice/server.ts', 'PbServer.forward');
  forward({ viewnum, position, requests }: ForwardArgs): Record<string, never> {
    this.requireBackupIn(viewnum);
    if (!this.holdsState()) {
      throw new RpcError('not-initialised', `no state of view ${viewnum} here yet`);
    }
    // It came before: only its reply was lost, or it was duplicated on the way.
    if (position < this.position) return {};
    if (position > this.position) {
      throw new RpcError('not-initialised', `forward ${position} came before ${this.position}`);
    }
    for (const request of requests) this.state.apply(request);
    this.position += 1;
    return {};
    // solution: end
  }

  /** As backup: takes over the state that the primary of this very view sends. */
  // solution: begin
  // stub: transfer({ viewnum, entries }: TransferArgs): Record<string, never> {
  // stub:   throw notImplemented('pbservice/server.ts', 'PbServer.transfer');
  transfer({ viewnum, attempt, chunk, last, entries }: TransferArgs): Record<string, never> {
    this.requireBackupIn(viewnum);
    // Late or duplicated: the transfer is complete, and forwards may have changed the state since.
    if (this.holdsState()) return {};
    const incoming = this.incomingFor(viewnum, attempt, chunk);
    if (chunk < incoming.nextChunk) return {};
    incoming.state.restore(entries);
    incoming.nextChunk += 1;
    if (last) {
      this.state = incoming.state;
      this.stateView = viewnum;
      this.position = 0;
      this.incoming = null;
      this.runtime.log('initialised', { viewnum, chunks: chunk + 1 });
    }
    return {};
    // solution: end
  }

  // solution: begin
  private incomingFor(viewnum: number, attempt: number, chunk: number): Incoming {
    if (chunk === 0 && (this.incoming === null || attempt > this.incoming.attempt)) {
      this.incoming = { viewnum, attempt, state: new StateMachine(), nextChunk: 0 };
    }
    const { incoming } = this;
    if (incoming === null || incoming.attempt !== attempt || chunk > incoming.nextChunk) {
      const message = `chunk ${chunk} of transfer ${attempt} came without the chunks before it`;
      throw new RpcError('not-initialised', message);
    }
    return incoming;
  }

  private requireBackupIn(viewnum: number): void {
    if (this.isBackup() && this.view.viewnum === viewnum) return;
    // The primary may know a view that this server does not know yet.
    if (viewnum > this.view.viewnum) void this.ping();
    const here = `this server is ${this.role()} in view ${this.view.viewnum}`;
    throw new RpcError('wrong-view', `the message is for the backup of view ${viewnum}, ${here}`);
  }
  // solution: end
}

// solution: begin
function makeWaiting(request: ClientRequest): Waiting {
  const { promise, resolve, reject } = withResolvers<OperationResult>();
  return { request, promise, resolve, reject, forwarded: false };
}

/** Promise.withResolvers, which Node has from version 22 on. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: RpcError) => void;
  const promise = new Promise<T>((onDone, onFail) => {
    resolve = onDone;
    reject = onFail;
  });
  return { promise, resolve, reject };
}

function rpcError({ code, message }: ErrorBody): RpcError {
  return new RpcError(code, message);
}

function requestLength({ operation }: ClientRequest): number {
  return operation.key.length + (operation.op === 'get' ? 0 : operation.value.length);
}

/** Groups entries so that each group is about maxChunkLength long; there is always a last one. */
function* chunks(
  entries: Iterable<StateEntry>,
): Generator<{ entries: StateEntry[]; last: boolean }> {
  let group: StateEntry[] = [];
  let length = 0;
  for (const entry of entries) {
    if (length >= maxChunkLength) {
      yield { entries: group, last: false };
      group = [];
      length = 0;
    }
    group.push(entry);
    // Each entry has names and numbers besides: count them too, or tiny entries make huge chunks.
    length += 64 + (entry.value?.length ?? 0) + (entry.of === 'map' ? entry.key.length : 0);
  }
  yield { entries: group, last: true };
}
// solution: end
