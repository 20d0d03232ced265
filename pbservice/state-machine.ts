/**
 * The replicated state machine: a key/value map, and whatever makes each operation take effect at
 * most once. It is deterministic, so two copies that start equal and apply the same requests in the
 * same order stay equal. It knows nothing of views, networks and time.
 *
 * Keys, values and client ids are any strings (but for their lengths, api.ts, which count UTF-16 code
 * units): `''` is a key, and a value that is not null; `'__proto__'` is a name like any other, and half a
 * character a text. Each replica has them as they were written, results of repeated writes included.
 */
import { type ErrorBody, RpcError } from '../runtime/errors';
import {
  type ClientRequest,
  maxDataLength,
  maxValueLength,
  type Operation,
  type OperationResult,
} from './api';
import { chainedHash } from './chained-hash';
import type { StateEntry } from './replication-api';
import { SizedMap } from './sized-map';

/** What became of a request: the same on every replica, refusals included. */
export type Outcome = { readonly result: OperationResult } | { readonly error: ErrorBody };

// solution: begin
/** How many clients the duplicate table remembers; the one idle for longest is forgotten first. */
export const maxRememberedClients = 10_000;

interface LastWrite {
  readonly seq: number;
  readonly outcome: Outcome;
}

// solution: end
export class StateMachine {
  // solution: begin
  // stub: // Add the state: what the keys have, and what was done for whom.
  private readonly map = new SizedMap<string>((value) => value.length);
  /**
   * The last write of each client, also one that was refused. A client has one operation under way at
   * a time, so an older one can only be a late duplicate. Reads need no entry: to read again does no
   * harm.
   */
  private readonly lastWrites = new SizedMap<LastWrite>(({ outcome }) => lengthOf(outcome));
  private readonly maxClients: number;
  private readonly maxLength: number;

  constructor(maxClients = maxRememberedClients, maxLength = maxDataLength) {
    this.maxClients = maxClients;
    this.maxLength = maxLength;
  }
  // solution: end

  /**
   * Applies a request, or finds that it was applied before: a client numbers its operations 1, 2, 3,
   * ..., has one under way at a time, and repeats one under its old number. The outcome of a repeated
   * write is that of the first time. A refusal is an outcome like any other: its client was told that
   * the write certainly did not happen, so a copy of it that comes later must be refused again, though
   * it would fit by then. A write whose number is lower than that of the last write of its client is a
   * late copy: it takes no effect, and is refused with `rejected`. What is remembered for this stays bounded, however
   * many clients come and go: the clients that wrote last are known, `minRememberedClients` (api.ts) of
   * them at least, and the one that has not written for longest is forgotten first. A write counts when it
   * is done or refused with `too-large`; a `get` may be remembered, but takes the place of no such client.
   * (Whether a repetition counts again is free.) (A `get` may be read again whatever its number. To answer it
   * as the first time, and to refuse a late one, is right, too.)
   *
   * `get` reads, `put` sets, `append` adds to the end (a missing key counts as empty), `putHash` sets
   * the key to `chainedHash(old value, value)` (chained-hash.ts) and returns the old value, `''` if
   * there was none. A value that would be longer than `maxValueLength` is refused with `too-large`. So may be
   * a write that makes something longer, once all data together have about `maxDataLength`, what is
   * remembered of clients included; a `SizedMap` (sized-map.ts) keeps count of that.
   */
  apply({ client, seq, operation }: ClientRequest): Outcome {
    // solution: begin
    // stub: throw notImplemented('pbservice/state-machine.ts', 'StateMachine.apply');
    if (operation.op === 'get') return { result: { value: this.map.get(operation.key) ?? null } };

    const last = this.lastWrites.get(client);
    if (last !== undefined && seq === last.seq) return last.outcome;
    if (last !== undefined && seq < last.seq) {
      const message = `operation ${seq} of ${client} came after its operation ${last.seq}`;
      return { error: new RpcError('rejected', message).body };
    }
    const outcome = this.write(operation);
    this.remember(client, { seq, outcome });
    return outcome;
    // solution: end
  }

  /** The whole state, piece by piece, in an order that `restore` reproduces. */
  *entries(): Generator<StateEntry> {
    // solution: begin
    // stub: throw notImplemented('pbservice/state-machine.ts', 'StateMachine.entries');
    for (const [key, value] of this.map) yield { of: 'map', key, value };
    for (const [client, { seq, outcome }] of this.lastWrites) {
      const [value, refusal] =
        'result' in outcome ? [outcome.result.value, null] : [null, outcome.error.message];
      yield { of: 'duplicates', client, seq, value, refusal };
    }
    // solution: end
  }

  /** Adds entries that `entries` of another state machine gave. */
  restore(entries: readonly StateEntry[]): void {
    // solution: begin
    // stub: throw notImplemented('pbservice/state-machine.ts', 'StateMachine.restore');
    for (const entry of entries) {
      if (entry.of === 'map') this.map.set(entry.key, entry.value);
      else {
        const { client, seq, value, refusal } = entry;
        const outcome = refusal === null ? { result: { value } } : tooLarge(refusal);
        this.remember(client, { seq, outcome });
      }
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
      return tooLarge(
        `the value would have ${value.length} code units, the most is ${maxValueLength}`,
      );
    }
    const outcome = { result: { value: operation.op === 'putHash' ? old : null } };
    const added = key.length + value.length - old.length + lengthOf(outcome);
    if (added > 0 && this.map.length + this.lastWrites.length + added > this.maxLength) {
      return tooLarge(`all data together would have more than ${this.maxLength} code units`);
    }
    this.map.set(key, value);
    return outcome;
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

// solution: begin
function lengthOf(outcome: Outcome): number {
  return 'result' in outcome ? (outcome.result.value?.length ?? 0) : outcome.error.message.length;
}

function tooLarge(message: string): Outcome {
  return { error: new RpcError('too-large', message).body };
}
// solution: end
