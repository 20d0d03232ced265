/** Operations in one order: they wait at the primary, and go through the backup one batch at a time. */
import { assert } from '../runtime/assert';
import { type ErrorBody, RpcError } from '../runtime/errors';
import type { Address } from '../runtime/node';
import type { View } from '../viewservice/api';
import type { ClientRequest, OperationResult } from './api';
import type { Replica } from './replica';
import { type ForwardArgs, ReplicationService } from './replication-api';

/** How many operations may wait at the primary; more are refused as `overloaded`. */
const maxWaiting = 10_000;
/** A forward carries at most this many operations, and ends with the one that passes this length. */
const maxBatchRequests = 512;
const maxBatchLength = 1024 * 1024;

/** An operation that waits at the primary for its turn and for the backup. */
interface Waiting {
  readonly request: ClientRequest;
  readonly promise: Promise<OperationResult>;
  readonly resolve: (result: OperationResult) => void;
  readonly reject: (error: RpcError) => void;
  /** It was sent to a backup, which may have applied it. */
  forwarded: boolean;
}

export class Replication {
  private readonly replica: Replica;
  /** As primary: the operations that wait, in the order in which they will be applied. */
  private queue: Waiting[] = [];
  private readonly waitingOf = new Map<string, Waiting>();
  /** The view for which operations are being replicated right now. */
  private replicating: View | null = null;

  constructor(replica: Replica) {
    this.replica = replica;
  }

  /** What is going on here, for people to look at. */
  inspect() {
    return { waiting: this.queue.length };
  }

  /**
   * As primary: resolves when backup and primary have applied the operation. A retry joins the
   * operation that waits already; the state machine knows one that was applied before.
   */
  async operate(request: ClientRequest): Promise<OperationResult> {
    const { client, seq } = request;
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
  }

  /** Works off the queue while this view lasts. At most one runs for each view. */
  async replicate(): Promise<void> {
    const { replica } = this;
    const { view } = replica;
    if (this.replicating === view) return;
    this.replicating = view;
    while (replica.view === view && replica.holdsState() && this.queue.length > 0) {
      const batch = this.nextBatch();
      if (view.backup !== null && !(await this.forwardBatch(view, view.backup, batch))) break;
      // No await from here on: nothing comes between what the backup did and what we do.
      this.queue = this.queue.slice(batch.length);
      for (const waiting of batch) this.finish(waiting);
    }
    if (this.replicating === view) this.replicating = null;
  }

  /** This server was deposed: whoever waits here has to go to the new primary. */
  refuseWaiting(): void {
    const { viewnum } = this.replica.view;
    for (const { forwarded, reject } of this.queue) {
      reject(
        forwarded
          ? new RpcError('view-changed', `view ${viewnum} came before the backup had answered`)
          : this.replica.notPrimary(),
      );
    }
    this.queue = [];
    this.waitingOf.clear();
  }

  /** As backup of this view: applies what comes next in the order. */
  applyForward({ viewnum, position, requests }: ForwardArgs): Record<string, never> {
    const { replica } = this;
    if (!replica.holdsState()) {
      throw new RpcError('not-initialised', `no state of view ${viewnum} here yet`);
    }
    // It came before: only its reply was lost, or it was duplicated on the way.
    if (position < replica.position) return {};
    if (position > replica.position) {
      throw new RpcError('not-initialised', `forward ${position} came before ${replica.position}`);
    }
    for (const request of requests) replica.state.apply(request);
    replica.position += 1;
    return {};
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
    const { replica } = this;
    const backup = replica.runtime.connect(ReplicationService, to);
    const requests = batch.map((waiting) => {
      waiting.forwarded = true;
      return waiting.request;
    });
    const { viewnum } = view;
    const { position } = replica;
    const accepted = await replica.untilDone(view, () =>
      backup.forward({ viewnum, position, requests }),
    );
    assert(
      !accepted || replica.position === position,
      'a place in the order is confirmed once',
      'this replica',
    );
    if (accepted) replica.position += 1;
    return accepted;
  }

  private finish(waiting: Waiting): void {
    const { request } = waiting;
    assert(
      this.replica.isPrimary() && this.replica.holdsState(),
      'only a primary with the state of its view answers clients',
      'this replica',
    );
    const outcome = this.replica.state.apply(request);
    if (this.waitingOf.get(request.client) === waiting) this.waitingOf.delete(request.client);
    if ('result' in outcome) waiting.resolve(outcome.result);
    else waiting.reject(rpcError(outcome.error));
  }
}

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
