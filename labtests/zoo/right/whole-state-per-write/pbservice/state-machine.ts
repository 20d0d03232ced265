import { type ErrorBody, RpcError } from '../runtime/errors';
import { type ClientRequest, maxValueLength, type OperationResult } from './api';
import { chainedHash } from './chained-hash';
import type { StateEntry } from './replication-api';

export type Outcome = { readonly result: OperationResult } | { readonly error: ErrorBody };

const maxClients = 5_000;

/** The state is a list of entries: values under `kv`, and the last write of each client under `done`. */
export class StateMachine {
  private values: ReadonlyMap<string, string>;
  private done: ReadonlyMap<string, string>;

  constructor(from?: StateMachine) {
    this.values = from?.values ?? new Map();
    this.done = from?.done ?? new Map();
  }

  static of(entries: readonly StateEntry[]): StateMachine {
    const machine = new StateMachine();
    machine.restore(entries);
    return machine;
  }

  apply({ client, seq, operation }: ClientRequest): Outcome {
    const { key } = operation;
    const old = this.values.get(key);
    if (operation.op === 'get') return { result: { value: old ?? null } };
    const [lastSeq, lastOutcome] = JSON.parse(this.done.get(client) ?? '[0, null]');
    if (seq === lastSeq) return lastOutcome;
    if (seq < lastSeq) return refusal('rejected', `operation ${seq} comes after ${lastSeq}`);
    let value = operation.value;
    let answer: string | null = null;
    if (operation.op === 'append') value = (old ?? '') + value;
    if (operation.op === 'putHash') {
      answer = old ?? '';
      value = chainedHash(answer, value);
    }
    const fits = value.length <= maxValueLength;
    if (fits) this.values = new Map(this.values).set(key, value);
    const outcome = fits
      ? { result: { value: answer } }
      : refusal('too-large', `${value.length} code units`);
    const done = new Map(this.done);
    done.delete(client);
    done.set(client, JSON.stringify([seq, outcome]));
    if (done.size > maxClients) done.delete([...done.keys()][0] as string);
    this.done = done;
    return outcome;
  }

  *entries(): Generator<StateEntry> {
    for (const [name, value] of this.values) yield { kind: 'kv', name, value };
    for (const [name, value] of this.done) yield { kind: 'done', name, value };
  }

  restore(entries: readonly StateEntry[]): void {
    const pairs = (kind: string) =>
      entries
        .filter((entry) => entry.kind === kind)
        .map(({ name, value }) => [name, value] as const);
    this.values = new Map([...this.values, ...pairs('kv')]);
    this.done = new Map([...this.done, ...pairs('done')]);
  }
}

function refusal(code: 'rejected' | 'too-large', message: string): Outcome {
  return { error: new RpcError(code, message).body };
}
