import { chainedHash } from '../../pbservice/chained-hash';
import { Case } from './case';
import type { HistoryOperation } from './model/history';
import { foundBy, isRead, leftBy } from './model/models';
import { callBy, client, findingBy, quote } from './phrases';
import { canBeMade } from './possible-values';
import type { Prover } from './prover';

/**
 * The names of violations. Each is given only with a proof, and then means:
 *
 * - `value never written`: no operation invoked before the reader returned or at any time later makes
 *   the value of anything that was there, failed ones included (the reader's own effect aside).
 * - `read of a failed write`: nothing invoked before makes it but operations that failed.
 * - `read from the future`: nothing makes it but operations invoked after the reader had returned.
 * - `duplicate append`: the value can be taken apart in one way only, and holds an append more often
 *   than it was asked for, failed ones included.
 * - `stale read`: all is explained if the reader found a value of an earlier moment; a newer one had
 *   been acknowledged or read.
 * - `lost append`: an append had been acknowledged, or read; nothing can have overwritten it since; it
 *   is not there, and it is not that the value is an old one: it holds what came later, no moment
 *   explains it, or several found it missing and nobody ever found it.
 * - `lost acknowledged write`: the same of what was written otherwise, by the last of these.
 * - `reordered append`: the value can only have grown, holds all appends in question, and in another
 *   order than somebody found them in, or than they were called in; no moment explains it.
 * - `no order works`: none of the above is certain.
 */
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

/** A violation that has a name. */
export interface Finding {
  readonly kind: ViolationKind;
  /** One line, beginning with the kind. */
  readonly sentence: string;
  /** The operations that it speaks of. */
  readonly operations: readonly HistoryOperation[];
}

/**
 * Names what is wrong with what an operation found, if it has a name, the most telling first. What the
 * names say of other moments and other operations is proven; that the operations alone are impossible
 * is for the caller to prove.
 *
 * @param reader an operation of `past` that found a value
 * @param past the operations on the key, up to a moment after the reader's return, which is impossible
 * @param all the operations on the key, to the end of the history
 */
export function* namedViolations(
  reader: HistoryOperation,
  past: readonly HistoryOperation[],
  all: readonly HistoryOperation[],
  prover: Prover,
): Generator<Finding> {
  const theCase = Case.of(reader, past, all, prover);
  if (theCase === undefined) return;
  yield* unwritten(theCase);
  yield* duplicateAppend(theCase);
  yield* reorderedAppend(theCase);
  yield* disagreement(theCase);
  yield* missingAppend(theCase);
  yield* olderThanRead(theCase);
  yield* olderThanWrite(theCase);
}

/** Nobody can have left the value, in whatever order. */
function* unwritten({ reader, found, past, all }: Case): Generator<Finding> {
  if (found === null) return;
  const isMade = (by: readonly HistoryOperation[]) => canBeMade(found, by, all);
  const others = all.filter((it) => it !== reader && it.index !== reader.index);
  const tried = others.filter((it) => it.invokedAt < reader.returnedAt);
  const done = tried.filter((it) => it.outcome !== 'fail');
  if (isMade(done) !== false) return;
  const isNeeded = (candidate: HistoryOperation, makers: readonly HistoryOperation[]) =>
    isMade(makers.filter((it) => it !== candidate)) === false;
  if (isMade(tried) === true) {
    const failed = tried.filter((it) => it.outcome === 'fail' && contributes(it, found));
    const needed = failed.find((it) => isNeeded(it, tried));
    // If none of them is, it may have been any.
    const cited = needed === undefined ? failed : [needed];
    if (cited[0] === undefined) return;
    const more =
      cited.length === 1 ? '' : `, as had ${cited.length - 1} more that may have left it`;
    const facts = `${findingBy(reader)}, but ${callBy(cited[0])} had failed${more}`;
    const known = cited.map((it) => inPast(it, past));
    yield finding('read of a failed write', facts, [...known, reader]);
    return;
  }
  if (isMade(tried) !== false) return;
  const later = others.filter((it) => it.invokedAt > reader.returnedAt && it.outcome !== 'fail');
  if (isMade([...done, ...later]) === true) {
    const future = later.filter((it) => contributes(it, found));
    const needed = future.find((it) => isNeeded(it, [...done, ...later]));
    if (needed === undefined) return;
    const facts = `${findingBy(reader)} before ${callBy(needed)} was invoked`;
    yield finding('read from the future', facts, [reader, needed]);
    return;
  }
  if (isMade(others) !== false) return;
  const own = ownResult(reader, found, others);
  const facts = `${findingBy(reader)}, which nobody${own === '' ? '' : ' else'} had written${own}`;
  yield finding('value never written', facts, [reader]);
}

/** A putHash that takes effect twice finds, the second time, what it has left itself. */
function ownResult(
  reader: HistoryOperation,
  found: string | number,
  others: readonly HistoryOperation[],
): string {
  if (reader.f !== 'putHash') return '';
  const known = ['', ...others.flatMap((it) => [foundBy(it), leftBy(it)])];
  const before = known.find(
    (old) => typeof old === 'string' && chainedHash(old, reader.value) === found,
  );
  if (before === undefined) return '';
  return `; it is what this putHash itself makes of ${quote(before)}: it took effect twice`;
}

/** The value holds an append more often than it was asked for. */
function* duplicateAppend(theCase: Case): Generator<Finding> {
  const { reader, parts, appends } = theCase;
  const counts = countsOf(parts?.appended ?? []);
  for (const [text, count] of counts) {
    const asked = appends.get(text) ?? [];
    // One that failed may be what is there once more.
    if (count <= asked.length + theCase.failedAppends(text).length || asked.length === 0) continue;
    const what =
      asked[0] !== undefined && asked.length === 1
        ? `${callBy(asked[0])} ${times(count)}`
        : `${quote(text)} ${times(count)}, though it was appended ${times(asked.length)}`;
    const facts = `${findingBy(reader)}, which holds ${what}`;
    yield finding('duplicate append', facts, [...asked, reader]);
  }
}

/** The value holds two appends, the later of which had returned when the earlier was invoked. */
function* reorderedAppend(theCase: Case): Generator<Finding> {
  const { reader, parts } = theCase;
  const inOrder = (parts?.appended ?? []).flatMap((text) => theCase.onlyAppendOf(text));
  let soonest: HistoryOperation | undefined;
  for (const earlier of inOrder.reverse()) {
    if (soonest !== undefined && soonest.returnedAt < earlier.invokedAt) {
      // Else it may have been there, been overwritten, and come again.
      if (!theCase.onlyGrewSince(soonest) || theCase.isOld) return;
      const facts = `${findingBy(reader)}, with ${callBy(earlier)} before ${callBy(soonest)}, which had been acknowledged when it was invoked`;
      yield finding('reordered append', facts, [soonest, earlier, reader]);
      return;
    }
    if (soonest === undefined || earlier.returnedAt < soonest.returnedAt) soonest = earlier;
  }
}

/** Since somebody read it, the value can only have grown; but it does not begin with what was read. */
function* disagreement(theCase: Case): Generator<Finding> {
  const { reader, found, parts } = theCase;
  for (const other of theCase.before(theCase.findsForCertain)) {
    const seen = String(foundBy(other) ?? '');
    if (String(found ?? '').startsWith(seen) || !theCase.onlyGrewSince(other)) continue;
    const seenParts = theCase.takeApart(seen);
    const hasRead = `${client(other)} had read`;
    if (seenParts === undefined) continue;
    if (theCase.isOld) {
      const facts = `${findingBy(reader)} after ${hasRead} the newer ${quote(seen)}`;
      yield finding('stale read', facts, [other, reader]);
      continue;
    }
    if (parts === undefined || parts.start !== seenParts.start) continue;
    const counts = countsOf(parts.appended);
    const gone = [...countsOf(seenParts.appended)].filter(
      ([text, n]) => n > (counts.get(text) ?? 0),
    );
    const append = gone.flatMap(([text]) => theCase.onlyAppendOf(text))[0];
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
function* missingAppend(theCase: Case): Generator<Finding> {
  const { reader, found } = theCase;
  const isMissing = ({ f, value }: HistoryOperation & { value?: unknown }) =>
    f === 'append' && value !== '' && !String(found ?? '').includes(String(value));
  for (const append of theCase.before(isMissing)) {
    if (!theCase.onlyGrewSince(append)) continue;
    const facts = `${findingBy(reader)} after ${callBy(append)} had been acknowledged`;
    const after = theCase.parts?.appended
      .flatMap((text) => theCase.onlyAppendOf(text))
      .find((it) => it.invokedAt > append.returnedAt);
    const others = theCase.othersThatMiss(append);
    if (after !== undefined && !theCase.isOld) {
      yield finding('lost append', facts, [append, after, reader]);
    } else if (others !== undefined) {
      yield finding('lost append', `${facts}, and nobody ever read that`, [append, ...others]);
    } else if (theCase.isOld) {
      yield finding('stale read', facts + theCase.doubt(append), [append, reader]);
    }
  }
}

/** All that may have left the value had returned when that was invoked which somebody read. */
function* olderThanRead(theCase: Case): Generator<Finding> {
  const { reader, found } = theCase;
  const older = theCase.sourcesOf(found);
  if (older === undefined) return;
  for (const other of theCase.before(theCase.findsForCertain)) {
    const seen = foundBy(other) ?? null;
    const newer = seen === found || seen === null ? [] : (theCase.sourcesOf(seen) ?? []);
    if (newer.length === 0 || !newer.every((it) => isAfterAll(it, older))) continue;
    if (!theCase.isOld) return;
    const facts = `${findingBy(reader)} after ${client(other)} had read the newer ${quote(seen)}`;
    yield finding('stale read', facts, [...older, ...newer, other, reader]);
  }
}

/** All that may have left the value had returned when a write was invoked, which had returned. */
function* olderThanWrite(theCase: Case): Generator<Finding> {
  const { reader, found } = theCase;
  const older = theCase.sourcesOf(found);
  if (older === undefined) return;
  const isNewer = (it: HistoryOperation): boolean => {
    const left = leftBy(it);
    return left !== undefined && left !== found && isAfterAll(it, older);
  };
  for (const write of theCase.before(isNewer)) {
    if (!theCase.isOld) return;
    const facts = `${findingBy(reader)} after ${callBy(write)} had been acknowledged`;
    const others = theCase.othersThatMiss(write);
    if (others !== undefined) {
      const lost = `${facts}, and nobody ever read that`;
      yield finding('lost acknowledged write', lost, [...older, write, ...others]);
    }
    yield finding('stale read', facts + theCase.doubt(write), [...older, write, reader]);
  }
}

function finding(
  kind: ViolationKind,
  facts: string,
  operations: readonly HistoryOperation[],
): Finding {
  return { kind, sentence: `${kind}: ${facts}`, operations };
}

/** Whether the operation, had it succeeded, may have had a part in the value. */
function contributes(operation: HistoryOperation, value: string | number): boolean {
  if (isRead({ ...operation, outcome: 'ok' })) return false;
  if (operation.f === 'append') {
    return operation.value !== '' && String(value).includes(operation.value);
  }
  if (operation.f === 'putHash') return true;
  const left = leftBy({ ...operation, outcome: 'ok' });
  return left === value || (typeof left === 'string' && String(value).startsWith(left));
}

function countsOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** The operation as the past has it, which may not have its return. */
function inPast(operation: HistoryOperation, past: readonly HistoryOperation[]): HistoryOperation {
  return past.find(({ index }) => index === operation.index) ?? operation;
}

function isAfterAll(operation: HistoryOperation, others: readonly HistoryOperation[]): boolean {
  return others.every((other) => other.returnedAt < operation.invokedAt);
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
