import { chainedHash } from '../../../pbservice/chained-hash';
import { type Decomposition, decompose } from './decompose';
import type { Operation, Value } from './history';
import { foundBy, isRead, leftBy } from './models';
import { addTo } from './multimap';
import { callBy, client, findingBy, quote } from './phrases';

export type ViolationKind =
  | 'value never written'
  | 'read of a failed write'
  | 'read from the future'
  | 'duplicate append'
  | 'reordered append'
  | 'lost append'
  | 'stale read'
  | 'lost acknowledged write'
  | 'no order works';

/** How many of the operations before a finding to compare it with. */
const MOST_OTHERS = 20;

/** A violation that has a name. */
export interface Finding {
  readonly kind: ViolationKind;
  /** One line, beginning with the kind. */
  readonly sentence: string;
  /** The evidence. */
  readonly operations: readonly Operation[];
}

/**
 * Names what is wrong with what an operation found, if it has a name, the most telling first.
 *
 * Each name stands for an argument that needs no search; it is given in the function that finds
 * it. What cannot be argued so is not named.
 *
 * @param reader an operation of `past` that found a value
 * @param past the operations on the key, up to a moment after the reader's return
 * @param all the operations on the key, to the end of the history
 */
export function* namedViolations(
  reader: Operation,
  past: readonly Operation[],
  all: readonly Operation[],
): Generator<Finding> {
  const found = valueFoundBy(reader);
  // What a putHash that never returned has left is anybody's guess.
  if (found === undefined || past.some(isOpenPutHash)) return;
  const theCase = new Case(reader, found, past, all);
  yield* unwritten(theCase);
  yield* duplicateAppend(theCase);
  yield* reorderedAppend(theCase);
  yield* disagreement(theCase);
  yield* lostAppend(theCase);
  yield* olderThanRead(theCase);
  yield* olderThanWrite(theCase);
}

/** What an operation found, and what there is to judge it by. */
class Case {
  readonly reader: Operation;
  readonly found: Value;
  readonly past: readonly Operation[];
  readonly all: readonly Operation[];
  /** The appends that may have taken effect, by what they append. */
  readonly appends: ReadonlyMap<string, readonly Operation[]>;
  /** What the value found is made of; undefined if that is not certain. */
  readonly parts: Decomposition | undefined;

  constructor(
    reader: Operation,
    found: Value,
    past: readonly Operation[],
    all: readonly Operation[],
  ) {
    this.reader = reader;
    this.found = found;
    this.past = past;
    this.all = all;
    this.appends = appendsAmong(past);
    this.parts = this.takeApart(found);
  }

  takeApart(value: Value): Decomposition | undefined {
    if (typeof value !== 'string' || this.appends.size === 0) return undefined;
    const parts = decompose(value, textsLeftBy(this.past), new Set(this.appends.keys()));
    return parts === 'ambiguous' ? undefined : parts;
  }

  /** The operations that may have left a value, one of which must have if somebody found it. */
  sourcesOf(value: Value): readonly Operation[] {
    const parts = this.takeApart(value);
    const last = parts?.appended.at(-1);
    if (last !== undefined) return this.appends.get(last) ?? [];
    return this.past.filter((it) => {
      const isAppend = it.f === 'append' && it.outcome !== 'fail' && parts === undefined;
      return leftBy(it) === value || (isAppend && String(value ?? '').endsWith(it.value));
    });
  }

  /** The latest of the operations that had returned when the reader was invoked. */
  before(where: (operation: Operation) => boolean): readonly Operation[] {
    return this.past
      .filter((it) => it.outcome === 'ok' && it.returnedAt < this.reader.invokedAt && where(it))
      .sort((a, b) => b.invokedAt - a.invokedAt)
      .slice(0, MOST_OTHERS);
  }

  /** Whether from an operation on the value can only have grown, by appends. */
  onlyGrewSince({ invokedAt }: Operation): boolean {
    return this.past.every((it) => {
      return it.outcome === 'fail' || isRead(it) || it.f === 'append' || it.returnedAt < invokedAt;
    });
  }
}

/** Nobody can have left the value, in whatever order. */
function* unwritten({ reader, found, past, all }: Case): Generator<Finding> {
  if (found === null || canBeMade(found, past)) return;
  const succeed = (it: Operation): Operation => ({ ...it, outcome: 'ok' });
  const failed = past.filter((it) => it.outcome === 'fail' && contributes(it, found));
  const later = all.filter((it) => it.invokedAt > reader.returnedAt && it.outcome !== 'fail');
  const future = later.filter((it) => contributes(it, found));
  if (failed[0] !== undefined && canBeMade(found, [...past, ...failed.map(succeed)])) {
    const facts = `${findingBy(reader)}, but ${callBy(failed[0])} had failed`;
    yield finding('read of a failed write', facts, [failed[0], reader]);
  } else if (future[0] !== undefined && canBeMade(found, [...past, ...future.map(succeed)])) {
    const facts = `${findingBy(reader)} before ${callBy(future[0])} was invoked`;
    yield finding('read from the future', facts, [reader, future[0]]);
  } else {
    const facts = `${findingBy(reader)}, which nobody had written${ownResult(reader, found, past)}`;
    yield finding('value never written', facts, [reader]);
  }
}

/** A putHash that takes effect twice finds, the second time, what it has left itself. */
function ownResult(reader: Operation, found: Value, past: readonly Operation[]): string {
  if (reader.f !== 'putHash') return '';
  const before = ['', ...textsLeftBy(past)].find((old) => chainedHash(old, reader.value) === found);
  if (before === undefined) return '';
  return `; it is what this putHash itself makes of ${quote(before)}: it took effect twice`;
}

/** The value holds an append more often than it was asked for. */
function* duplicateAppend({ reader, parts, appends }: Case): Generator<Finding> {
  const counts = new Map<string, number>();
  for (const text of parts?.appended ?? []) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const [text, count] of counts) {
    const asked = appends.get(text) ?? [];
    if (count <= asked.length) continue;
    const what =
      asked[0] !== undefined && asked.length === 1
        ? `${callBy(asked[0])} ${times(count)}`
        : `${quote(text)} ${times(count)}, though it was appended ${times(asked.length)}`;
    const facts = `${findingBy(reader)}, which holds ${what}`;
    yield finding('duplicate append', facts, [...asked, reader]);
  }
}

/** The value holds two appends, the later of which had returned when the earlier was invoked. */
function* reorderedAppend({ reader, parts, appends }: Case): Generator<Finding> {
  const inOrder = (parts?.appended ?? []).flatMap((text) => onlyOne(appends.get(text)));
  let soonest: Operation | undefined;
  for (const earlier of inOrder.reverse()) {
    if (soonest !== undefined && soonest.returnedAt < earlier.invokedAt) {
      const facts = `${findingBy(reader)}, with ${callBy(earlier)} before ${callBy(soonest)}, which had been acknowledged when it was invoked`;
      yield finding('reordered append', facts, [soonest, earlier, reader]);
      return;
    }
    if (soonest === undefined || earlier.returnedAt < soonest.returnedAt) soonest = earlier;
  }
}

/** Since somebody read it, the value can only have grown; but it does not begin with what was read. */
function* disagreement(theCase: Case): Generator<Finding> {
  const { reader, found, parts, appends } = theCase;
  for (const other of theCase.before((it) => valueFoundBy(it) !== undefined)) {
    const seen = String(valueFoundBy(other) ?? '');
    if (String(found ?? '').startsWith(seen) || !theCase.onlyGrewSince(other)) continue;
    const seenParts = theCase.takeApart(seen);
    const hasRead = `${client(other)} had read`;
    if (seenParts === undefined) continue;
    if (hasGrownFrom(found, seenParts)) {
      const facts = `${findingBy(reader)} after ${hasRead} the newer ${quote(seen)}`;
      yield finding('stale read', facts, [other, reader]);
    }
    if (parts === undefined || parts.start !== seenParts.start) continue;
    const gone = seenParts.appended.filter((text) => !parts.appended.includes(text));
    const append = gone.flatMap((text) => onlyOne(appends.get(text)))[0];
    if (append !== undefined) {
      const facts = `${findingBy(reader)}, without ${callBy(append)}, after ${hasRead} ${quote(seen)}`;
      yield finding('lost append', facts, [append, other, reader]);
    } else if (gone.length === 0) {
      const facts = `${findingBy(reader)} after ${hasRead} ${quote(seen)}`;
      yield finding('reordered append', facts, [other, reader]);
    }
  }
}

/** An append had been acknowledged, nothing can have overwritten it, and it is not there. */
function* lostAppend(theCase: Case): Generator<Finding> {
  const { reader, found, all } = theCase;
  const holds = (value: Value | undefined, append: Operation): boolean => {
    return append.f === 'append' && String(value ?? '').includes(append.value);
  };
  const older = theCase.sourcesOf(found);
  for (const append of theCase.before((it) => it.f === 'append' && !holds(found, it))) {
    if (!theCase.onlyGrewSince(append)) continue;
    // If somebody found it, it is there, and it is the reader who got an old value.
    const isLate = isAfterAll(append, older) && all.some((it) => holds(foundBy(it), append));
    const facts = `${findingBy(reader)} after ${callBy(append)} had been acknowledged`;
    yield finding(isLate ? 'stale read' : 'lost append', facts, [append, reader]);
  }
}

/** All that may have left the value had returned when that was invoked which somebody read. */
function* olderThanRead(theCase: Case): Generator<Finding> {
  const { reader, found } = theCase;
  const older = theCase.sourcesOf(found);
  for (const other of theCase.before((it) => valueFoundBy(it) !== undefined)) {
    const seen = valueFoundBy(other) as Value;
    const newer = seen === found || seen === null ? [] : theCase.sourcesOf(seen);
    if (newer.length === 0 || !newer.every((it) => isAfterAll(it, older))) continue;
    const facts = `${findingBy(reader)} after ${client(other)} had read the newer ${quote(seen)}`;
    yield finding('stale read', facts, [...older, ...newer, other, reader]);
  }
}

/** All that may have left the value had returned when a write was invoked, which had returned. */
function* olderThanWrite(theCase: Case): Generator<Finding> {
  const { reader, found } = theCase;
  const older = theCase.sourcesOf(found);
  const isNewer = (it: Operation): boolean => {
    const left = leftBy(it);
    return left !== undefined && left !== found && isAfterAll(it, older);
  };
  for (const write of theCase.before(isNewer)) {
    const isGone = isLost(write, theCase);
    const facts = `${findingBy(reader)} after ${callBy(write)} had been acknowledged`;
    const more = isGone ? ', and nobody ever read that' : '';
    const kind = isGone ? 'lost acknowledged write' : 'stale read';
    yield finding(kind, facts + more, [...older, write, reader]);
  }
}

/**
 * Whether a write is lost rather than late: nobody ever found what it left, and either there is
 * nothing instead, or several found another value before anything more was written.
 */
function isLost(write: Operation, { found, all, appends }: Case): boolean {
  const left = leftBy(write) as Value;
  const isSeen = all.some((it) => {
    const value = foundBy(it);
    return value === left || (appends.size > 0 && String(value ?? '').startsWith(String(left)));
  });
  if (isSeen) return false;
  if (found === null) return true;
  const next = all.find((it) => !isRead(it) && it.invokedAt > write.returnedAt);
  const end = next?.invokedAt ?? Number.POSITIVE_INFINITY;
  const isBetween = (it: Operation) => it.invokedAt > write.returnedAt && it.returnedAt < end;
  return all.filter((it) => foundBy(it) !== undefined && isBetween(it)).length > 1;
}

function finding(kind: ViolationKind, facts: string, operations: readonly Operation[]): Finding {
  return { kind, sentence: `${kind}: ${facts}`, operations };
}

/** Whether some order of the operations leaves the value, real time not being looked at. */
function canBeMade(value: string | number, operations: readonly Operation[]): boolean {
  if (operations.some((it) => leftBy(it) === value)) return true;
  const appends = appendsAmong(operations);
  if (typeof value !== 'string' || appends.size === 0) return false;
  return decompose(value, textsLeftBy(operations), new Set(appends.keys())) !== undefined;
}

/** Whether the operation, had it succeeded, may have had a part in the value. */
function contributes(operation: Operation, value: string | number): boolean {
  if (operation.f === 'append') {
    return operation.value !== '' && String(value).includes(operation.value);
  }
  if (operation.f === 'putHash') return false;
  const left = leftBy({ ...operation, outcome: 'ok' });
  return left === value || (typeof left === 'string' && String(value).startsWith(left));
}

function appendsAmong(operations: readonly Operation[]): Map<string, Operation[]> {
  const appends = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.f !== 'append' || operation.outcome === 'fail') continue;
    addTo(appends, operation.value, operation);
  }
  return appends;
}

function textsLeftBy(operations: readonly Operation[]): string[] {
  return operations.map(leftBy).filter((it) => typeof it === 'string');
}

/** What an operation found, for certain: to a putHash nothing there is the empty string. */
function valueFoundBy(operation: Operation): Value | undefined {
  const found = foundBy(operation);
  return operation.f === 'putHash' && found === '' ? undefined : found;
}

/** Whether the value was there before the last of the appends that another one is made of. */
function hasGrownFrom(value: Value, { start = '', appended }: Decomposition): boolean {
  let text = start;
  const isOnTheWay = appended.some((append) => {
    const isIt = text === value;
    text += append;
    return isIt;
  });
  return isOnTheWay || (value === null && start === '');
}

function isOpenPutHash({ f, outcome }: Operation): boolean {
  return f === 'putHash' && outcome === 'info';
}

function isAfterAll(operation: Operation, others: readonly Operation[]): boolean {
  return others.every((other) => other.returnedAt < operation.invokedAt);
}

function onlyOne(operations: readonly Operation[] | undefined): readonly Operation[] {
  return operations?.length === 1 ? operations : [];
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
