/** The meanings of the names of violations, word for word, for explanations to be tested against. */
import { chainedHash } from '../../pbservice/chained-hash';
import { someOrderWorks } from './brute-force';
import type { Explanation } from './explain';
import type { HistoryOperation, ModelName, Value } from './model/history';

/** The flaw of an explanation; undefined: none. */
export function flawInExplanation(
  model: ModelName,
  all: readonly HistoryOperation[],
  explanation: Explanation,
): string | undefined {
  const { operations, untilLine, kind, reasons, reader } = explanation;
  const cited = new Set(operations.map(({ index }) => index));
  if (
    someOrderWorks(
      model,
      pastOf(all, untilLine, (it) => cited.has(it.index)),
    )
  ) {
    return 'what it cites is possible if nothing is known of the others';
  }
  if (
    reasons.some(({ order }) => order.some(({ outcome, f }) => outcome === 'fail' && f !== 'cas'))
  )
    return 'something failed takes effect in an order';
  for (const { order, state, operation } of reasons) {
    const reached = order.reduce<Value>((old, it) => after(old, it), null);
    if (reached !== state) return `its order leads to ${reached}, not to ${state}`;
    if (operation.outcome === 'info') return 'it says why something open cannot come';
  }
  if (kind === 'no order works') return undefined;
  if (reader === undefined || !cited.has(reader.index)) return 'it is about nobody';
  const meaning = meanings[kind];
  return meaning({ model, all, operations, untilLine, reader }) ? undefined : `it is no ${kind}`;
}

interface Case {
  readonly model: ModelName;
  readonly all: readonly HistoryOperation[];
  readonly operations: readonly HistoryOperation[];
  readonly untilLine: number;
  readonly reader: HistoryOperation;
}

const meanings: Readonly<
  Record<Exclude<Explanation['kind'], 'no order works'>, (it: Case) => boolean>
> = {
  'value never written': ({ all, reader }) => !canMake(reader, others(all, reader), all),
  'read of a failed write': ({ all, reader }) =>
    canMake(reader, before(all, reader), all) &&
    !canMake(reader, before(all, reader).filter(mayHave), all),
  'read from the future': ({ all, reader }) =>
    canMake(reader, others(all, reader).filter(mayHave), all) &&
    !canMake(reader, before(all, reader), all),
  'duplicate append': ({ all, reader }) =>
    !canMakeOnce(reader, before(all, reader)) &&
    canMake(reader, before(all, reader).filter(mayHave), all),
  'reordered append': (it) =>
    !isOld(it) &&
    canMakeOnce(it.reader, before(it.all, it.reader).filter(mayHave)) &&
    it.operations.every(
      ({ f, ...rest }) => f !== 'append' || text(found(it.reader)).includes(text(rest)),
    ),
  'stale read': isOld,
  'lost append': (it) => it.operations.some((write) => write.f === 'append' && isLost(it, write)),
  'lost acknowledged write': (it) =>
    it.operations.some((write) => write.f !== 'append' && isLost(it, write)),
};

/** The write is not there; and either no old value lacks it, or several reads miss it and none had it. */
function isLost(it: Case, write: HistoryOperation): boolean {
  const value = write.f === 'cas' ? text({ value: write.to }) : text(write);
  const has = (operation: HistoryOperation) => {
    const seen = text(found(operation));
    return write.f === 'append' ? seen.includes(value) : seen.startsWith(value);
  };
  if (value === '' || has(it.reader)) return false;
  const readers = it.all.filter(
    ({ f, outcome }) => f !== 'put' && f !== 'append' && outcome === 'ok',
  );
  const late = readers.filter(({ invokedAt }) => invokedAt > write.returnedAt);
  const isSeen = readers.some(has) || it.all.some((cas) => cas.f === 'cas' && cas.from === value);
  return (late.length > 1 && !isSeen) || !isOld(it);
}

/** Whether all is explained if the reader read at any moment before. */
function isOld({ model, all, untilLine, reader }: Case): boolean {
  const past = pastOf(all, untilLine, () => true);
  const isRegister = model === 'register';
  const read = { ...reader, f: isRegister ? 'read' : 'get', result: found(reader).value };
  const write = { ...reader, f: isRegister ? 'write' : 'put', value: after(null, reader, true) };
  return someOrderWorks(model, [
    { ...read, invokedAt: 0 } as HistoryOperation,
    ...past.filter(({ index }) => index !== reader.index),
    ...(reader.f === 'get' || reader.f === 'read' ? [] : [write as HistoryOperation]),
  ]);
}

/** The knowledge at a line of some of the operations; of the others nothing is known. */
function pastOf(
  all: readonly HistoryOperation[],
  line: number,
  isKnown: (operation: HistoryOperation) => boolean,
): HistoryOperation[] {
  return all.flatMap((it): HistoryOperation[] => {
    if (it.invokedAt > line) return [];
    if (isKnown(it) && it.returnedAt <= line) return [it];
    if (it.outcome === 'fail' || it.f === 'get' || it.f === 'read') return [];
    return [{ ...it, outcome: 'info', result: null, returnedAt: Number.POSITIVE_INFINITY }];
  });
}

function others(all: readonly HistoryOperation[], reader: HistoryOperation): HistoryOperation[] {
  return all.filter(({ index }) => index !== reader.index);
}

function before(all: readonly HistoryOperation[], reader: HistoryOperation): HistoryOperation[] {
  return others(all, reader).filter(({ invokedAt }) => invokedAt < reader.returnedAt);
}

function mayHave({ outcome }: HistoryOperation): boolean {
  return outcome !== 'fail';
}

function found(reader: HistoryOperation): { readonly value: Value } {
  return { value: reader.f === 'cas' ? reader.from : reader.result };
}

function text(it: object): string {
  return 'value' in it ? String(it.value ?? '') : '';
}

/** The state after an operation that took effect, whatever it said it found. */
function after(old: Value, operation: HistoryOperation, believed = false): Value {
  switch (operation.f) {
    case 'put':
    case 'write':
      return operation.value;
    case 'append':
      return `${old ?? ''}${operation.value}`;
    case 'putHash':
      return chainedHash(String((believed ? operation.result : old) ?? ''), operation.value);
    case 'cas':
      return operation.outcome === 'fail' && !believed ? old : operation.to;
    default:
      return old;
  }
}

function succeeded(operation: HistoryOperation): HistoryOperation {
  return { ...operation, outcome: 'ok' };
}

/**
 * Whether operations, each as often as need be, make what the reader found: of nothing; with putHash
 * two steps from anything known, and then by appends.
 */
function canMake(
  reader: HistoryOperation,
  operations: readonly HistoryOperation[],
  all: readonly HistoryOperation[],
) {
  const target = found(reader).value;
  const lengthOf = (value: Value) => text({ value }).length;
  const step = (from: Iterable<Value>, by: readonly HistoryOperation[]) =>
    [...from].flatMap((state) => by.map((it) => after(state, succeeded(it))));
  const hashing = operations.filter(({ f }) => f === 'putHash');
  const others = operations.filter(({ f }) => f !== 'putHash');
  let states = new Set<Value>([null]);
  if (hashing.length > 0) {
    const known = new Set<Value>([
      null,
      '',
      ...step(
        [null],
        others.filter(({ f }) => f === 'put'),
      ),
    ]);
    for (const it of all) {
      if (it.outcome !== 'ok') continue;
      if (it.f === 'get' || it.f === 'putHash') known.add(it.result);
      if (it.f === 'putHash') known.add(after(null, it, true));
    }
    known.delete(target);
    const once = step(known, operations);
    states = new Set([null, ...step(known, hashing), ...step(once, hashing)]);
  }
  // The set grows while it is walked over: longer values lead nowhere.
  for (const state of states) {
    for (const next of step([state], others))
      if (lengthOf(next) <= lengthOf(target)) states.add(next);
  }
  return states.has(target);
}

/** The same with each once at most. */
function canMakeOnce(reader: HistoryOperation, operations: readonly HistoryOperation[]): boolean {
  const target = found(reader).value;
  const search = (state: Value, left: readonly HistoryOperation[]): boolean =>
    state === target ||
    left.some((next) =>
      search(
        after(state, succeeded(next)),
        left.filter((it) => it !== next),
      ),
    );
  return search(
    null,
    operations.filter(({ f }) => f !== 'get' && f !== 'read'),
  );
}
