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
import { RpcError } from '../runtime/errors';
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
import { type Outcome, StateMachine } from './state-machine';

export interface PbServerOptions {
  /** Where the view service is. */
  readonly viewService: Address;
  /** Milliseconds between two pings. Default 100. */
  readonly pingIntervalMs: number;
}

export const defaultPbServerOptions = { pingIntervalMs: 100 };

const maxWaiting = 10_000;
const maxChunkLength = 256 * 1024;
const retryPauseMs = 30;
const transferTimeoutMs = 2000;

interface Waiting {
  readonly request: ClientRequest;
  readonly promise: Promise<OperationResult>;
  readonly resolve: (result: OperationResult) => void;
  readonly reject: (error: RpcError) => void;
  forwarded: boolean;
}

export class PbServer implements Handlers<typeof PbService>, Handlers<typeof ReplicationService> {
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;

  /** The newest view that this replica knows. */
  private view: View = noView;
  /** The newest view whose number it may ping. */
  private pingable = 0;
  private started = false;
  /** Whether `state` is the state of the view. */
  private ready = false;
  private state = new StateMachine();
  /** As primary: whether the backup, if there is one, has the state. */
  private backupReady = false;
  /** As primary: the operations under way, in their order. */
  private waiting: Waiting[] = [];
  private pumping = false;
  /** How many requests were forwarded in this view, and confirmed or applied. */
  private forwarded = 0;
  /** As backup: the chunks that have come. */
  private incoming = { chunks: 0, state: new StateMachine() };

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
    while (!this.started) {
      try {
        const view = await this.viewService.get({});
        this.ready = view.viewnum === 0;
        this.started = true;
      } catch {
        await this.runtime.sleep(retryPauseMs);
      }
    }
  }

  /** Called every pingIntervalMs: pings the view service, and enters the view that it answers with. */
  async tick(): Promise<void> {
    if (!this.started) return;
    try {
      const server = this.runtime.address;
      const view = await this.viewService.ping({ server, viewnum: this.pingable });
      if (view.viewnum > this.view.viewnum) this.enter(view);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
    }
  }

  private enter(view: View): void {
    const me = this.runtime.address;
    const isNext = view.viewnum === this.view.viewnum + 1;
    this.view = view;
    for (const { forwarded, reject } of this.waiting) {
      reject(new RpcError(forwarded ? 'view-changed' : 'not-primary', `view ${view.viewnum} came`));
    }
    this.waiting = [];
    this.forwarded = 0;
    this.backupReady = false;
    this.incoming = { chunks: 0, state: new StateMachine() };
    if (view.primary === me && isNext && this.ready) {
      if (view.backup === null) this.serve();
      else void this.initialise(view, view.backup);
      return;
    }
    this.ready = false;
    this.state = new StateMachine();
    if (view.primary !== me) this.pingable = view.viewnum;
  }

  /** As primary: backup and primary have the state. */
  private serve(): void {
    this.backupReady = true;
    this.pingable = this.view.viewnum;
    void this.pump();
  }

  /** As primary: sends the state to the new backup. */
  private async initialise(view: View, backup: Address): Promise<void> {
    const remote = this.runtime.connect(ReplicationService, backup);
    const { viewnum } = view;
    let chunks = chunksOf(this.state.entries());
    let next = chunks.next();
    let chunk = 0;
    while (!next.done) {
      try {
        await remote.transfer({ viewnum, chunk, ...next.value }, { timeoutMs: transferTimeoutMs });
        if (this.view !== view) return;
        next = chunks.next();
        chunk += 1;
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        await this.runtime.sleep(retryPauseMs);
        if (this.view !== view) return;
        if (error.code === 'not-initialised') {
          chunks = chunksOf(this.state.entries());
          next = chunks.next();
          chunk = 0;
        }
      }
    }
    this.serve();
  }

  /** What is going on here, for people to look at. */
  inspect(): Json {
    return { view: this.view, ready: this.ready, waiting: this.waiting.length };
  }

  /**
   * A client asks for an operation. Resolves with its result when backup and primary have applied it.
   * Rejects with RpcError: `not-primary` when this server may not serve, `view-changed` when the view
   * was over before the backup had answered, `overloaded` when too many wait, or with the error that
   * the state machine has for it. The same request may come again, also while it is under way.
   */
  async operate(request: ClientRequest): Promise<OperationResult> {
    if (!this.ready || this.view.primary !== this.runtime.address) {
      throw new RpcError('not-primary', `this is not the primary of view ${this.view.viewnum}`);
    }
    const same = this.waiting.find(
      (other) => other.request.client === request.client && other.request.seq === request.seq,
    );
    if (same) return same.promise;
    if (this.waiting.length >= maxWaiting) throw new RpcError('overloaded', 'too many wait');
    let settle: Pick<Waiting, 'resolve' | 'reject'> | undefined;
    const promise = new Promise<OperationResult>((resolve, reject) => {
      settle = { resolve, reject };
    });
    if (settle) this.waiting.push({ request, promise, forwarded: false, ...settle });
    void this.pump();
    return promise;
  }

  /** Carries out what waits, one batch after the other, until the view is over. */
  private async pump(): Promise<void> {
    if (this.pumping || !this.backupReady) return;
    this.pumping = true;
    const { view } = this;
    while (this.view === view && this.waiting.length > 0) {
      const batch = this.nextBatch();
      if (view.backup !== null && !(await this.forwardTo(view.backup, batch, view))) break;
      this.waiting.splice(0, batch.length);
      for (const { request, resolve, reject } of batch)
        settle(this.state.apply(request), resolve, reject);
    }
    this.pumping = false;
    if (this.waiting.length > 0) void this.pump();
  }

  private nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    let length = 0;
    for (const waiting of this.waiting) {
      if (length >= maxChunkLength) break;
      batch.push(waiting);
      length += 64 + JSON.stringify(waiting.request).length;
    }
    return batch;
  }

  /** Has the backup apply the batch; false when the view was over before it had answered. */
  private async forwardTo(backup: Address, batch: Waiting[], view: View): Promise<boolean> {
    const remote = this.runtime.connect(ReplicationService, backup);
    const requests = batch.map(({ request }) => request);
    for (const waiting of batch) waiting.forwarded = true;
    while (this.view === view) {
      try {
        await remote.forward({ viewnum: view.viewnum, before: this.forwarded, requests });
        if (this.view !== view) return false;
        this.forwarded += requests.length;
        return true;
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        await this.runtime.sleep(retryPauseMs);
      }
    }
    return false;
  }

  /** As backup: applies what the primary of this very view sends, in its order. */
  forward({ viewnum, before, requests }: ForwardArgs): Record<string, never> {
    this.refuseUnlessBackup(viewnum);
    if (!this.ready || before > this.forwarded) {
      throw new RpcError('not-initialised', 'something is missing that was sent before');
    }
    if (before < this.forwarded) return {};
    for (const request of requests) this.state.apply(request);
    this.forwarded += requests.length;
    return {};
  }

  /** As backup: takes over the state that the primary of this very view sends. */
  transfer({ viewnum, chunk, last, entries }: TransferArgs): Record<string, never> {
    this.refuseUnlessBackup(viewnum);
    const { incoming } = this;
    if (this.ready || chunk < incoming.chunks) return {};
    if (chunk > incoming.chunks) throw new RpcError('not-initialised', 'a chunk is missing');
    incoming.state.restore(entries);
    incoming.chunks += 1;
    if (last) {
      this.state = incoming.state;
      this.ready = true;
    }
    return {};
  }

  private refuseUnlessBackup(viewnum: number): void {
    if (viewnum !== this.view.viewnum || this.view.backup !== this.runtime.address) {
      throw new RpcError('wrong-view', `this is not the backup of view ${viewnum}`);
    }
  }
}

function settle(outcome: Outcome, resolve: Waiting['resolve'], reject: Waiting['reject']): void {
  if ('result' in outcome) resolve(outcome.result);
  else reject(new RpcError(outcome.error.code, outcome.error.message));
}

/** Groups entries into chunks; there is always a last one. */
function* chunksOf(
  entries: Iterable<StateEntry>,
): Generator<{ entries: StateEntry[]; last: boolean }> {
  let chunk: StateEntry[] = [];
  let length = 0;
  for (const entry of entries) {
    if (length >= maxChunkLength) {
      yield { entries: chunk, last: false };
      chunk = [];
      length = 0;
    }
    chunk.push(entry);
    length += 64 + JSON.stringify(entry).length;
  }
  yield { entries: chunk, last: true };
}
