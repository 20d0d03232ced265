import type { ModelName, Operation, Value } from './history';
import { foundBy, isOptional, isRead, isRequired, MODELS } from './models';
import { type Finding, namedViolations, type ViolationKind } from './patterns';
import { callBy, linesOf, outcomeOf, quote } from './phrases';
import { KeySearch, type KeySearchOptions } from './search/key-search';

export type { ViolationKind } from './patterns';

/** Why a history is not linearizable. Line numbers are those of the history. */
export interface Explanation {
  readonly kind: ViolationKind;
  readonly key: string | null;
  /** One line. */
  readonly sentence: string;
  /** The operations that prove it, by invocation. */
  readonly operations: readonly Operation[];
  /** Of `no order works`: the lines between which the operations cannot be put in any order. */
  readonly window?: Window;
  /** Of `no order works`: why the longest orders do not go on. */
  readonly reasons: readonly Reason[];
}

export interface Window {
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Why an operation cannot come next in an order. */
export interface Reason {
  /** The order so far: as many of the window's operations as any order can hold. */
  readonly order: readonly Operation[];
  /** What the key then holds. */
  readonly state: Value;
  /** The operation that cannot come next. */
  readonly operation: Operation;
  /** What it would have to find. */
  readonly expected: string;
  /** What it would find. */
  readonly got: string;
}

/** Finds the operation of the history that a weakened one was made from. */
type Restore = (weakened: Operation) => Operation;

/** Steps for each of the small searches that an explanation needs. */
const STEPS = 500_000;
/** Steps to collect orders that come to an end: examples, of which a few will do. */
const REASON_STEPS = 20_000;
const MOST_READERS = 100;
const MOST_FINDINGS = 32;
const MOST_ORDERS = 3;
const MOST_LINES = 20;

/**
 * Explains why no order of the operations on a key works.
 *
 * The history is cut at the first return that makes it impossible, and what was found there is
 * compared with patterns that have names. A name is given only if the operations that it cites are
 * conclusive: the search must agree that the history stays impossible if nothing is known of what
 * all others found. If none is, the explanation is the smallest window of operations that cannot
 * be ordered, and where the attempts end.
 *
 * Always the same for the same history: limits are in steps, not in time.
 *
 * @param operations those on one key, of a history that is not linearizable; see `CheckResult`
 */
export function explain(model: ModelName, operations: readonly Operation[]): Explanation {
  const past = impossiblePast(model, operations);
  const originals = new Map(operations.map((it) => [it.index, it]));
  const restore: Restore = (it) => originals.get(it.index) as Operation;
  let left = MOST_FINDINGS;
  for (const { kind, sentence, operations: evidence } of named(past, operations)) {
    if (left-- === 0) break;
    if (!isImpossible(model, withEvidence(past, new Set(evidence)))) continue;
    const cited = [...new Set(evidence.map(restore))].sort((a, b) => a.index - b.index);
    return { kind, key: keyOf(operations), sentence, operations: cited, reasons: [] };
  }
  return noOrderWorks(model, past, restore);
}

/** Renders an explanation as lines of text, the first of which is its sentence. */
export function renderExplanation({ sentence, operations, reasons }: Explanation): string {
  const lines = [sentence, ...shorten(operations).map((it) => `  ${it}`)];
  const orders = new Map(reasons.map((reason) => [reason.order, reason.state]));
  for (const [order, state] of orders) {
    const steps = order.slice(-MOST_LINES).map((it) => `${callBy(it)} (line ${it.invokedAt})`);
    const dots = order.length > steps.length ? '..., ' : '';
    const start = steps.length === 0 ? 'At the start' : `After ${dots}${steps.join(', ')}`;
    lines.push(`${start} there is ${quote(state)}, and next cannot come`);
    for (const reason of reasons.filter((it) => it.order === order)) {
      const what = `${callBy(reason.operation)} (line ${reason.operation.invokedAt})`;
      lines.push(`  ${what}: expected ${reason.expected}, got ${reason.got}`);
    }
  }
  return lines.join('\n');
}

/** A line for each operation; of many, the last ones, which are nearest to the trouble. */
function shorten(operations: readonly Operation[]): string[] {
  const shown = operations.slice(-MOST_LINES);
  const lines = shown.map((it) => `${linesOf(it)}: ${callBy(it)}, ${outcomeOf(it)}`);
  const hidden = operations.length - shown.length;
  return hidden === 0 ? lines : [`(${hidden} operations before)`, ...lines];
}

function* named(past: readonly Operation[], all: readonly Operation[]): Generator<Finding> {
  // Mostly it is what was found at the end of the past.
  const readers = past
    .filter((it) => foundBy(it) !== undefined)
    .sort((a, b) => b.returnedAt - a.returnedAt)
    .slice(0, MOST_READERS);
  for (const reader of readers) yield* namedViolations(reader, past, all);
}

/** The history up to the first return that makes it impossible. */
function impossiblePast(model: ModelName, operations: readonly Operation[]): readonly Operation[] {
  const returns = operations
    .filter(isRequired)
    .map(({ returnedAt }) => returnedAt)
    .sort((a, b) => a - b);
  const index = smallest(returns.length - 1, (it) => {
    return isImpossible(model, upTo(operations, returns[it] as number));
  });
  return upTo(operations, returns[index] ?? Infinity);
}

function noOrderWorks(model: ModelName, past: readonly Operation[], restore: Restore): Explanation {
  // As late a start as possible; what comes before may have happened at any time, or never.
  const from = (start: number) => past.map((it, index) => (index < start ? release(it) : it));
  const size = smallest(past.length, (it) => isImpossible(model, from(past.length - it)));
  const history = from(past.length - size);
  const inside = history.slice(-size).filter((it) => isRequired(it) || isOptional(it));
  const key = keyOf(past);
  const window = {
    firstLine: inside[0]?.invokedAt ?? 1,
    lastLine: inside.reduce((line, it) => Math.max(line, lastLineOf(it)), 1),
  };
  const { firstLine, lastLine } = window;
  const where = `lines ${firstLine}-${lastLine}${key === null ? '' : ` on key ${quote(key)}`}`;
  const before = size === past.length ? '' : ', whatever became of those before';
  const facts =
    inside.length === 1
      ? `nothing invoked before explains what the operation in ${where} found`
      : `no order of the ${inside.length} operations in ${where} explains what they found${before}`;
  const reasons = reasonsOf(model, history, restore);
  const sentence = `no order works: ${facts}`;
  return {
    kind: 'no order works',
    key,
    sentence,
    operations: inside.map(restore),
    window,
    reasons,
  };
}

/** Where the longest orders end, and why. */
function reasonsOf(model: ModelName, history: readonly Operation[], restore: Restore): Reason[] {
  const search = newSearch(model, history, { lookahead: false, deadEnds: MOST_ORDERS });
  search.run(REASON_STEPS);
  const required = history.filter(isRequired);
  return search.deadEnds.flatMap((attempt) => {
    const order = attempt.map(restore);
    const state = stateAfter(model, attempt);
    const placed = new Set(attempt);
    const left = required.filter((it) => !placed.has(it));
    const firstReturn = left.reduce((line, it) => Math.min(line, it.returnedAt), Infinity);
    return left.flatMap((operation): Reason[] => {
      if (operation.invokedAt > firstReturn) return [];
      const effect = MODELS[model].apply(state, operation);
      if (effect.ok) return [];
      const not = operation.outcome === 'fail' ? 'anything but ' : '';
      const expected = `${not}${quote(effect.expected)}`;
      return [{ order, state, operation: restore(operation), expected, got: quote(state) }];
    });
  });
}

function stateAfter(model: ModelName, order: readonly Operation[]): Value {
  const { initial, apply } = MODELS[model];
  return order.reduce<Value>((state, operation) => {
    const effect = apply(state, operation);
    return effect.ok ? effect.state : state;
  }, initial);
}

/** The operations invoked by a line; what had not returned then has not returned. */
function upTo(operations: readonly Operation[], line: number): Operation[] {
  return operations
    .filter((it) => it.invokedAt <= line)
    .map((it) => (it.returnedAt <= line ? it : release(it)));
}

/** Takes away what the operations other than the evidence found, and leaves what they wrote. */
function withEvidence(past: readonly Operation[], evidence: ReadonlySet<Operation>): Operation[] {
  return past.flatMap((it) => {
    if (evidence.has(it)) return [it];
    if (isRead(it)) return [];
    return [foundBy(it) === undefined ? it : release(it)];
  });
}

/** Makes of an operation one of which nothing is known, not even whether it took effect. */
function release(operation: Operation): Operation {
  if (operation.outcome === 'fail' && !isRead(operation)) return operation;
  return { ...operation, outcome: 'info', result: null, returnedAt: Number.POSITIVE_INFINITY };
}

function lastLineOf({ invokedAt, returnedAt }: Operation): number {
  return Number.isFinite(returnedAt) ? returnedAt : invokedAt;
}

function keyOf(operations: readonly Operation[]): string | null {
  return operations[0]?.key ?? null;
}

function isImpossible(model: ModelName, operations: readonly Operation[]): boolean {
  return newSearch(model, operations).run(STEPS) === 'not-linearizable';
}

function newSearch(
  model: ModelName,
  operations: readonly Operation[],
  options: KeySearchOptions = {},
): KeySearch {
  return new KeySearch(MODELS[model], operations, options);
}

/** The smallest number for which something holds that holds for `limit` and whatever follows one. */
function smallest(limit: number, holds: (number: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
