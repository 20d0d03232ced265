import type { HistoryOperation, ModelName, Value } from './model/history';
import { foundBy, isOptional, isRequired, MODELS } from './model/models';
import { type Finding, namedViolations, type ViolationKind } from './patterns';
import { quote } from './phrases';
import { Prover, type ProverOptions } from './prover';
import { forgotten, only, upTo } from './weaker-histories';

export type { ViolationKind } from './patterns';

/** Why a history is not linearizable. Line numbers are those of the history. */
export interface Explanation {
  readonly kind: ViolationKind;
  readonly key: string | null;
  /** One line. */
  readonly sentence: string;
  /**
   * The operations that prove it, by invocation: they would be impossible if nothing were known of all
   * others, not even whether they took effect.
   */
  readonly operations: readonly HistoryOperation[];
  /** The operation whose finding the name is about; `no order works` is about no single one. */
  readonly reader?: HistoryOperation;
  /** Operations under way at this line that had not returned count as never returned. */
  readonly untilLine: number;
  /** Of `no order works`: the lines between which the operations cannot be put in any order. */
  readonly window?: Window;
  /** Of `no order works`: why the longest orders do not go on. */
  readonly reasons: readonly Reason[];
  /** Why it may not be the shortest or the most telling there is; without it, it is what was sought. */
  readonly limit?: string;
}

export interface Window {
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Why an operation cannot come next in an order. */
export interface Reason {
  /** The order so far: as many of the window's operations as any order can hold. */
  readonly order: readonly HistoryOperation[];
  /** The value that the key then holds. */
  readonly state: Value;
  /** The operation that cannot come next. */
  readonly operation: HistoryOperation;
  /** The value that the operation would have to find. */
  readonly expected: string;
  /** The value that the operation would find. */
  readonly got: string;
}

const MOST_FINDINGS = 32;
const MOST_READERS = 100;
const MOST_ORDERS = 3;
/** Operations of which it is tried one by one whether a proof needs them. */
const MOST_TRIED_ALONE = 40;
/** Of many, in how many pieces. */
const MANY = 2_000;
const MOST_TRIED_OF_MANY = 4;

/**
 * Explains why no order of the operations on a key works.
 *
 * The history is cut at the first return that makes it impossible, and what was found there is
 * compared with patterns that have names. A name is given only with its proof (see `ViolationKind`),
 * and with operations that are impossible whatever became of all others. If there is none, the
 * explanation is the smallest window of operations that cannot be ordered, and where the attempts end.
 *
 * All of it has one bound on work and memory, and one on time if it is given; the best explanation
 * found so far is what it comes to then. Without a bound on time it is always the same.
 *
 * @param operations those on one key, of a history that is not linearizable; see `CheckResult`
 */
export function explain(
  model: ModelName,
  operations: readonly HistoryOperation[],
  options: ProverOptions = {},
): Explanation {
  const prover = new Prover(model, operations.length, options);
  return new Explainer(model, operations, prover).run();
}

class Explainer {
  private readonly model: ModelName;
  private readonly all: readonly HistoryOperation[];
  private readonly prover: Prover;
  private readonly originals: ReadonlyMap<number, HistoryOperation>;

  constructor(model: ModelName, operations: readonly HistoryOperation[], prover: Prover) {
    this.model = model;
    this.all = operations;
    this.prover = prover;
    this.originals = new Map(operations.map((it) => [it.index, it]));
  }

  run(): Explanation {
    const untilLine = this.firstImpossibleLine();
    const past = upTo(this.all, untilLine);
    const found = this.named(past) ?? this.noOrderWorks(past);
    const { limit } = this.prover;
    return {
      key: this.all[0]?.key ?? null,
      untilLine,
      reasons: [],
      ...found,
      operations: this.restore(found.operations),
      ...(limit !== undefined && { limit }),
    };
  }

  /** The first return that makes it impossible; a later one if there is no proof of that. */
  private firstImpossibleLine(): number {
    const returns = this.all
      .filter(isRequired)
      .map(({ returnedAt }) => returnedAt)
      .sort((a, b) => a - b);
    const last = returns.length - 1;
    const possible = this.prover.possibleUpTo(this.all);
    const from = Math.min(
      Math.max(
        0,
        returns.findIndex((line) => line >= possible),
      ),
      last,
    );
    const index = smallest(from, last, (it) => {
      return this.prover.isImpossible(upTo(this.all, returns[it] as number));
    });
    return returns[index] ?? Number.POSITIVE_INFINITY;
  }

  private named(
    past: readonly HistoryOperation[],
  ): (Finding & { reader: HistoryOperation }) | undefined {
    // Mostly it is what was found at the end of the past.
    const readers = past
      .filter((it) => foundBy(it) !== undefined)
      .sort((a, b) => b.returnedAt - a.returnedAt)
      .slice(0, MOST_READERS);
    let left = MOST_FINDINGS;
    for (const reader of readers) {
      for (const finding of namedViolations(reader, past, this.all, this.prover)) {
        if (left-- === 0) return undefined;
        const operations = this.proofAround(finding.operations, past);
        if (operations !== undefined) return { ...finding, operations, reader };
      }
      if (this.prover.limit !== undefined) return undefined;
    }
    return undefined;
  }

  /** Operations that are impossible by themselves: those given, and of the others what it takes. */
  private proofAround(
    given: readonly HistoryOperation[],
    past: readonly HistoryOperation[],
  ): readonly HistoryOperation[] | undefined {
    const cited = new Set(given);
    if (this.isProof(past, cited)) return given;
    // Often it takes what others found, as what a putHash leaves depends on that; or all there is.
    for (const more of [past.filter((it) => foundBy(it) !== undefined && !isOptional(it)), past]) {
      const known = new Set([...given, ...more]);
      if (!this.isProof(past, known)) continue;
      return this.fewer(past, known, cited);
    }
    return undefined;
  }

  /** Leaves out what the proof does not need, in pieces that grow smaller; some are always kept. */
  private fewer(
    past: readonly HistoryOperation[],
    known: ReadonlySet<HistoryOperation>,
    kept: ReadonlySet<HistoryOperation>,
  ): readonly HistoryOperation[] {
    let proof = known;
    const candidates = [...known].filter((it) => !kept.has(it));
    const most = candidates.length > MANY ? MOST_TRIED_OF_MANY : MOST_TRIED_ALONE;
    for (let size = candidates.length; size >= 1; size = Math.floor(size / 2)) {
      if (candidates.length / size > most) break;
      for (let start = 0; start < candidates.length; start += size) {
        const piece = new Set(candidates.slice(start, start + size).filter((it) => proof.has(it)));
        const rest = new Set([...proof].filter((it) => !piece.has(it)));
        if (piece.size > 0 && this.isProof(past, rest)) proof = rest;
      }
    }
    return [...proof];
  }

  private isProof(
    past: readonly HistoryOperation[],
    known: ReadonlySet<HistoryOperation>,
  ): boolean {
    return this.prover.isImpossible(only(past, known));
  }

  private noOrderWorks(past: readonly HistoryOperation[]) {
    // As late a start as possible; what comes before may have happened at any time, or never.
    const from = (size: number) => {
      const start = past.length - size;
      return past.flatMap((it, index) => (index < start ? forgotten(it) : [it]));
    };
    const size = smallest(1, past.length, (it) => this.prover.isImpossible(from(it)));
    const inside = past.slice(past.length - size).filter((it) => isRequired(it) || isOptional(it));
    const window = {
      firstLine: inside[0]?.invokedAt ?? 1,
      lastLine: inside.reduce((line, it) => Math.max(line, lastLineOf(it)), 1),
    };
    const kind = 'no order works' as const;
    const facts = this.factsOf(window, inside.length, size === past.length);
    const sentence = `${kind}: ${facts}`;
    return { kind, sentence, operations: inside, window, reasons: this.reasonsOf(from(size)) };
  }

  private factsOf({ firstLine, lastLine }: Window, count: number, isAll: boolean): string {
    const key = this.all[0]?.key ?? null;
    const where = `lines ${firstLine}-${lastLine}${key === null ? '' : ` on key ${quote(key)}`}`;
    if (count === 1) return `nothing invoked before explains what the operation in ${where} found`;
    const before = isAll ? '' : ', whatever became of those before';
    return `no order of the ${count} operations in ${where} explains what they found${before}`;
  }

  /** Where the longest orders end, and why. */
  private reasonsOf(history: readonly HistoryOperation[]): Reason[] {
    const { apply } = MODELS[this.model];
    const required = history.filter(isRequired);
    return this.prover.deadEnds(history, MOST_ORDERS).flatMap((attempt) => {
      const order = this.restore(attempt, false);
      const state = this.stateAfter(attempt);
      const placed = new Set(attempt);
      const left = required.filter((it) => !placed.has(it));
      const firstReturn = left.reduce((line, it) => Math.min(line, it.returnedAt), Infinity);
      return left.flatMap((operation): Reason[] => {
        if (operation.invokedAt > firstReturn) return [];
        const effect = apply(state, operation);
        if (effect.ok) return [];
        const not = operation.outcome === 'fail' ? 'anything but ' : '';
        const expected = `${not}${quote(effect.expected)}`;
        const original = this.originals.get(operation.index) as HistoryOperation;
        return [{ order, state, operation: original, expected, got: quote(state) }];
      });
    });
  }

  private stateAfter(order: readonly HistoryOperation[]): Value {
    const { initial, apply } = MODELS[this.model];
    return order.reduce<Value>((state, operation) => {
      const effect = apply(state, operation);
      return effect.ok ? effect.state : state;
    }, initial);
  }

  /** The operations of the history that these were made from. */
  private restore(
    made: readonly HistoryOperation[],
    byInvocation = true,
  ): readonly HistoryOperation[] {
    const originals = made.map(({ index }) => this.originals.get(index) as HistoryOperation);
    return byInvocation ? [...new Set(originals)].sort((a, b) => a.index - b.index) : originals;
  }
}

function lastLineOf({ invokedAt, returnedAt }: HistoryOperation): number {
  return Number.isFinite(returnedAt) ? returnedAt : invokedAt;
}

/**
 * The smallest number, from one on, for which something holds that holds for `limit` and whatever
 * follows one for which it does. Numbers near the first are tried first.
 */
function smallest(from: number, limit: number, holds: (number: number) => boolean): number {
  let low = from;
  let high = limit;
  for (let step = 1; low < high; step *= 2) {
    const probe = Math.min(low + step - 1, high - 1);
    if (holds(probe)) high = probe;
    else {
      low = probe + 1;
      continue;
    }
    break;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
