/** The differences between two servers of a heartbeat pair that were both primary for a time. */
import type { Address, Runtime } from '../../runtime/node';
import { type ClientRequest, maxKeyLength } from '../api';
import { StateMachine } from '../state-machine';

export interface Difference {
  readonly key: string;
  /** The value that is given up; null: the key has none. Long ones are shortened. */
  readonly mine: string | null;
  /** The value that is kept. */
  readonly theirs: string | null;
  /** The acknowledged writes that are lost with it, in words; null: none. */
  readonly lost: string | null;
}

/** How many keys of a divergence are logged one by one; the others are only counted. */
const maxLoggedKeys = 100;
/** Longest value in a log line, in code units. */
const maxShownLength = 60;

/** Of how many clients the last write is remembered; more are forgotten, the oldest first. */
const maxClients = 10_000;

interface Writes {
  readonly count: number;
  readonly last: string;
}

/** The writes that one server has acknowledged and the other does not have, by key. */
export class UnsharedWrites {
  /** How many there are. */
  count = 0;
  private readonly byKey = new Map<string, Writes>();
  /** The last write of each client: a retry is no second write. */
  private readonly lastSeq = new Map<string, number>();

  /** A write was applied and will be acknowledged; `isShared`: the other server has it, too. */
  note({ client, seq, operation }: ClientRequest, isShared: boolean): void {
    const isRetry = this.lastSeq.get(client) === seq;
    this.remember(client, seq);
    if (isShared || isRetry || operation.op === 'get') return;
    this.count += 1;
    const { count } = this.byKey.get(operation.key) ?? { count: 0 };
    const last = `${operation.op} ${quoted(operation.value)}`;
    this.byKey.set(operation.key, { count: count + 1, last });
  }

  clear(): void {
    this.count = 0;
    this.byKey.clear();
  }

  /** `put "1"`, `append "2" and 3 writes before it`; null: none of this key. */
  of(key: string): string | null {
    const writes = this.byKey.get(key);
    if (writes === undefined) return null;
    const { count, last } = writes;
    if (count === 1) return last;
    return `${last} and ${count - 1} ${count === 2 ? 'write' : 'writes'} before it`;
  }

  private remember(client: string, seq: number): void {
    this.lastSeq.delete(client);
    this.lastSeq.set(client, seq);
    const [oldest] = this.lastSeq.size > maxClients ? this.lastSeq.keys() : [];
    if (oldest !== undefined) this.lastSeq.delete(oldest);
  }
}

/** Says key by key what a server that stepped down gives up for the state of its partner. */
export function logDivergence(
  runtime: Runtime,
  mine: StateMachine,
  theirs: StateMachine,
  unshared: UnsharedWrites,
  partner: Address,
): void {
  const all = differences(mine, theirs, unshared);
  for (const { key, mine, theirs, lost } of all.slice(0, maxLoggedKeys)) {
    runtime.log('diverged', { key, here: mine, there: theirs, partner, lost });
  }
  runtime.log('gave-up-state', { partner, keys: all.length, lost: unshared.count });
}

/** The keys in which two states differ, in the order of their names. */
export function differences(
  mine: StateMachine,
  theirs: StateMachine,
  unshared: UnsharedWrites,
): Difference[] {
  const [own, other] = [new Reader(mine), new Reader(theirs)];
  const keys = [...new Set([...own.keys, ...other.keys])].sort();
  return keys.flatMap((key) => {
    const [here, there] = [own.get(key), other.get(key)];
    if (here === there) return [];
    return [{ key, mine: shortened(here), theirs: shortened(there), lost: unshared.of(key) }];
  });
}

/** Reads a copy of a state by operations alone: how it is made up is the state machine's business. */
class Reader {
  readonly keys = new Set<string>();
  private readonly copy = new StateMachine();
  private seq = 0;

  constructor(state: StateMachine) {
    const entries = [...state.entries()];
    this.copy.restore(entries);
    // Each text in it may be a key; what is none reads as null in both states.
    JSON.stringify(entries, (_name, value: unknown) => {
      if (typeof value === 'string' && value.length <= maxKeyLength) this.keys.add(value);
      return value;
    });
  }

  get(key: string): string | null {
    this.seq += 1;
    const request = { client: 'reader', seq: this.seq, operation: { op: 'get', key } } as const;
    const outcome = this.copy.apply(request);
    return 'result' in outcome ? outcome.result.value : null;
  }
}

function shortened(value: string | null): string | null {
  if (value === null) return null;
  return value.length <= maxShownLength ? value : `${value.slice(0, maxShownLength)}...`;
}

function quoted(value: string): string {
  return JSON.stringify(shortened(value));
}
