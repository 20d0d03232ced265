/**
 * The replicated state machine: a key/value map, and whatever makes each operation take effect at
 * most once. It is deterministic, so two copies that start equal and apply the same requests in the
 * same order stay equal. It knows nothing of views, networks and time.
 */
// solution: begin
// stub: import { type ErrorBody, notImplemented } from '../runtime/errors';
// stub: import type { ClientRequest, OperationResult } from './api';
import { type ErrorBody, RpcError } from '../runtime/errors';
import { type ClientRequest, maxValueLength, type Operation, type OperationResult } from './api';
import { chainedHash } from './chained-hash';
// solution: end
import type { StateEntry } from './replication-api';

/** What became of a request: the same on every replica, refusals included. */
export type Outcome = { readonly result: OperationResult } | { readonly error: ErrorBody };

// solution: begin
/** How many clients the duplicate table remembers; the one idle for longest is forgotten first. */
export const maxRememberedClients = 10_000;

interface LastWrite {
  readonly seq: number;
  readonly result: OperationResult;
}

// solution: end
export class StateMachine {
  // solution: begin
  // stub: // Add the state: what the keys have, and what was done for whom.
  private readonly map = new Map<string, string>();
  /**
   * The last write of each client. A client has one operation under way at a time, so an older one
   * can only be a late duplicate. Reads need no entry: to read again does no harm.
   */
  private readonly lastWrites = new Map<string, LastWrite>();
  private readonly maxClients: number;

  constructor(maxClients = maxRememberedClients) {
    this.maxClients = maxClients;
  }
  // solution: end

  /**
   * Applies a request, or finds that it was applied before: a client numbers its operations 1, 2, 3,
   * ..., has one under way at a time, and repeats one under its old number. The outcome of a repeated
   * write is that of the first time. What is remembered for this stays bounded, however many clients
   * come and go.
   *
   * `get` reads, `put` sets, `append` adds to the end (a missing key counts as empty), `putHash` sets
   * the key to `chainedHash(old value, value)` (chained-hash.ts) and returns the old value, `''` if
   * there was none. A value that would be longer than `maxValueLength` is refused with `too-large`.
   */
  apply({ client, seq, operation }: ClientRequest): Outcome {
    // solution: begin
    // stub: throw notImplemented('pbservice/state-machine.ts', 'StateMachine.apply');
    if (operation.op === 'get') return { result: { value: this.map.get(operation.key) ?? null } };

    const last = this.lastWrites.get(client);
    if (last !== undefined && seq === last.seq) return { result: last.result };
    if (last !== undefined && seq < last.seq) {
      const message = `operation ${seq} of ${client} came after its operation ${last.seq}`;
      return { error: new RpcError('rejected', message).body };
    }
    const outcome = this.write(operation);
    if ('result' in outcome) this.remember(client, { seq, result: outcome.result });
    return outcome;
    // solution: end
  }

  /** The whole state, piece by piece, in an order that `restore` reproduces. */
  *entries(): Generator<StateEntry> {
    // solution: begin
    // stub: throw notImplemented('pbservice/state-machine.ts', 'StateMachine.entries');
    for (const [key, value] of this.map) yield { of: 'map', key, value };
    for (const [client, { seq, result }] of this.lastWrites) {
      yield { of: 'duplicates', client, seq, value: result.value };
    }
    // solution: end
  }

  /** Adds entries that `entries` of another state machine gave. */
  restore(entries: readonly StateEntry[]): void {
    // solution: begin
    // stub: throw notImplemented('pbservice/state-machine.ts', 'StateMachine.restore');
    for (const entry of entries) {
      if (entry.of === 'map') this.map.set(entry.key, entry.value);
      else this.remember(entry.client, { seq: entry.seq, result: { value: entry.value } });
    }
    // solution: end
  }

  // solution: begin
  private write(operation: Exclude<Operation, { op: 'get' }>): Outcome {
    const { key } = operation;
    const old = this.map.get(key) ?? '';
    const value = {
      put: () => operation.value,
      append: () => old + operation.value,
      putHash: () => chainedHash(old, operation.value),
    }[operation.op]();
    if (value.length > maxValueLength) {
      const message = `the value would have ${value.length} code units, the most is ${maxValueLength}`;
      return { error: new RpcError('too-large', message).body };
    }
    this.map.set(key, value);
    return { result: { value: operation.op === 'putHash' ? old : null } };
  }

  private remember(client: string, write: LastWrite): void {
    // A Map keeps the order of insertion: the client that wrote longest ago stands first.
    this.lastWrites.delete(client);
    this.lastWrites.set(client, write);
    if (this.lastWrites.size <= this.maxClients) return;
    const [oldest] = this.lastWrites.keys();
    if (oldest !== undefined) this.lastWrites.delete(oldest);
  }
  // solution: end
}
