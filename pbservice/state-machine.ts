/**
 * The replicated state machine: a key/value map and the table that makes each operation take effect
 * at most once. It is deterministic, so two copies that start equal and apply the same requests in
 * the same order stay equal. It knows nothing of views, networks and time.
 */
import { type ErrorBody, RpcError } from '../runtime/errors';
import { type ClientRequest, maxValueLength, type Operation, type OperationResult } from './api';
import { chainedHash } from './chained-hash';
import type { StateEntry } from './replication-api';

/** What became of a request: the same on every replica, refusals included. */
export type Outcome = { readonly result: OperationResult } | { readonly error: ErrorBody };

/** How many clients the duplicate table remembers; the one idle for longest is forgotten first. */
export const maxRememberedClients = 10_000;

interface LastWrite {
  readonly seq: number;
  readonly result: OperationResult;
}

export class StateMachine {
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

  apply({ client, seq, operation }: ClientRequest): Outcome {
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
  }

  /** The whole state, piece by piece, in an order that `restore` reproduces. */
  *entries(): Generator<StateEntry> {
    for (const [key, value] of this.map) yield { of: 'map', key, value };
    for (const [client, { seq, result }] of this.lastWrites) {
      yield { of: 'duplicates', client, seq, value: result.value };
    }
  }

  /** Adds entries that `entries` of another state machine gave. */
  restore(entries: readonly StateEntry[]): void {
    for (const entry of entries) {
      if (entry.of === 'map') this.map.set(entry.key, entry.value);
      else this.remember(entry.client, { seq: entry.seq, result: { value: entry.value } });
    }
  }

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
}
