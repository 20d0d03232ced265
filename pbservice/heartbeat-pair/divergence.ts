/** What two servers of a heartbeat pair, both of them primary for a time, have come to differ in. */
import type { Operation } from '../api';
import type { StateEntry } from '../replication-api';

export interface Difference {
  readonly key: string;
  /** The value that is given up; null: the key has none. Long ones are shortened. */
  readonly mine: string | null;
  /** The value that is kept. */
  readonly theirs: string | null;
  /** The acknowledged writes that are lost with it, in words; null: none. */
  readonly lost: string | null;
}

/** Longest value in a log line, in code units. */
const maxShownLength = 60;

interface Writes {
  readonly count: number;
  readonly last: string;
}

/** The writes that one server has acknowledged and the other does not have, by key. */
export class UnsharedWrites {
  /** How many there are. */
  count = 0;
  private readonly byKey = new Map<string, Writes>();

  add(operation: Operation): void {
    if (operation.op === 'get') return;
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
}

/** The keys in which two states differ, in the order of their names. */
export function differences(
  mine: Iterable<StateEntry>,
  theirs: Iterable<StateEntry>,
  unshared: UnsharedWrites,
): Difference[] {
  const own = valuesOf(mine);
  const other = valuesOf(theirs);
  const keys = [...new Set([...own.keys(), ...other.keys()])].sort();
  return keys
    .filter((key) => own.get(key) !== other.get(key))
    .map((key) => ({
      key,
      mine: shortened(own.get(key)),
      theirs: shortened(other.get(key)),
      lost: unshared.of(key),
    }));
}

function valuesOf(entries: Iterable<StateEntry>): Map<string, string> {
  const values = new Map<string, string>();
  for (const entry of entries) if (entry.of === 'map') values.set(entry.key, entry.value);
  return values;
}

function shortened(value: string | undefined): string | null {
  if (value === undefined) return null;
  return value.length <= maxShownLength ? value : `${value.slice(0, maxShownLength)}...`;
}

function quoted(value: string): string {
  return JSON.stringify(shortened(value));
}
