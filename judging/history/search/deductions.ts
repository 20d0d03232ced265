import type { HistoryOperation, Value } from '../model/history';
import { foundBy, isRequired, leftBy } from '../model/models';
import { addTo } from '../model/multimap';

/** Deductions from the values that were read, before any search. */
export interface Deductions {
  /** Operations that every order must hold, though they never returned. */
  readonly forced: ReadonlySet<HistoryOperation>;
  /** Appends that can only have been made to one value. */
  readonly links: ReadonlyMap<HistoryOperation, AppendLink>;
}

export interface AppendLink {
  readonly before: string;
  readonly after: string;
}

/** Characters to look at before leaving the rest to the search: values can be very long. */
const BUDGET_CHARACTERS = 64 * 1024 * 1024;

/**
 * Who left a value that somebody found? If only one operation could have, then it did: it took
 * effect even if it never returned, and if it is an append, then what it found was the rest of the
 * value, of which the same can be asked again. So one read of a long value gives the order of all
 * the appends in it, where a search would try one order after the other.
 * What is not deduced costs the search time, and nothing else.
 *
 * @param operations on one key: those that an order may or must hold
 */
export function deduce(operations: readonly HistoryOperation[]): Deductions {
  const forced = new Set<HistoryOperation>();
  const links = new Map<HistoryOperation, AppendLink>();
  // An open putHash may have left anything.
  if (operations.some(({ f, outcome }) => f === 'putHash' && outcome === 'info')) {
    return { forced, links };
  }
  const sources = new Sources(operations);
  const found = new Set(operations.filter(isRequired).map(foundBy));
  let budget = BUDGET_CHARACTERS;
  // The set grows while it is walked over.
  for (const value of found) {
    if (value === undefined || value === null || value === '') continue;
    budget -= String(value).length;
    if (budget < 0) break;
    const source = sources.onlyOneOf(value);
    if (source === undefined) continue;
    forced.add(source);
    if (source.f === 'cas') found.add(source.from);
    if (source.f !== 'append' || links.has(source)) continue;
    const after = String(value);
    const before = after.slice(0, after.length - source.value.length);
    links.set(source, { before, after });
    found.add(before);
  }
  return { forced, links };
}

/** Which operations may have left a value where another one was. */
class Sources {
  private readonly byResult = new Map<Value, HistoryOperation[]>();
  private readonly appends = new Map<string, HistoryOperation[]>();
  private readonly appendLengths = new Set<number>();

  constructor(operations: readonly HistoryOperation[]) {
    for (const operation of operations) {
      if (operation.f === 'append') {
        addTo(this.appends, operation.value, operation);
        this.appendLengths.add(operation.value.length);
      } else {
        const result = leftBy(operation);
        if (result !== undefined) addTo(this.byResult, result, operation);
      }
    }
  }

  /** The only operation that can have left the value, if there is only one. */
  onlyOneOf(value: string | number): HistoryOperation | undefined {
    // Two are as good as many.
    const sources = (this.byResult.get(value) ?? []).slice(0, 2);
    for (const [before, appends] of this.lastAppends(value)) {
      // "11" may be "1" after "1"; but if nothing leaves "1", it is not.
      if (before === '' || this.canBeLeft(before)) sources.push(...appends.slice(0, 2));
      if (sources.length > 1) return undefined;
    }
    return sources.length === 1 ? sources[0] : undefined;
  }

  private canBeLeft(value: string): boolean {
    return this.byResult.has(value) || !this.lastAppends(value).next().done;
  }

  /** The appends that the value may end in, by what was there before. */
  private *lastAppends(value: string | number): Generator<[string, readonly HistoryOperation[]]> {
    if (typeof value === 'number') return;
    for (const length of this.appendLengths) {
      if (length === 0 || length > value.length) continue;
      const start = value.length - length;
      const appends = this.appends.get(value.slice(start));
      if (appends !== undefined) yield [value.slice(0, start), appends];
    }
  }
}
