import type { HistoryOperation, ModelName } from './model/history';
import { MODELS } from './model/models';
import { KeySearch, type SearchOutcome } from './search/key-search';

export interface ProverOptions {
  /** Time before nothing more is proven. Without it no clock is ever looked at. */
  readonly timeLimitMs?: number;
  /** Memory of each search, in MiB. Default 128. */
  readonly memoryLimitMib?: number;
  /** The clock for `timeLimitMs`, in ms. */
  readonly now?: () => number;
}

const DEFAULT_MEMORY_LIMIT_MIB = 128;
const BYTES_PER_MIB = 1024 * 1024;
/** How many operations can be looked at in the time of one step of a search. */
const LOOKS_PER_STEP = 20;
/** Steps between two looks at the clock. */
const TURN_STEPS = 2_048;

/** The cost that one search may have, and all of them, in steps: some, and some more for each operation. */
const SEARCH_STEPS = { atLeast: 30_000, perOperation: 3 };
const ALL_STEPS = { atLeast: 400_000, perOperation: 8 };
/**
 * What so many putHashes may have left, of which nobody knows when, no search finds out; and each of
 * its steps looks at all of them.
 */
const MOST_GUESSES = 8;
const GUESSING_STEPS = 2_000;
const MOST_GUESSED = 500_000;

/**
 * Decides about parts of one history, and variants of them, within one bound on the work, and one on
 * the time if there is one. What could not be decided is neither possible nor impossible.
 */
export class Prover {
  /** Why something was left undecided, in words; undefined: nothing was. */
  limit: string | undefined;

  private readonly model: ModelName;
  private readonly options: ProverOptions;
  private readonly maxBytes: number;
  private readonly end: number | undefined;
  private readonly stepsPerSearch: number;
  private stepsLeft: number;

  /** @param size how many operations the history has */
  constructor(model: ModelName, size: number, options: ProverOptions = {}) {
    const { timeLimitMs, memoryLimitMib = DEFAULT_MEMORY_LIMIT_MIB } = options;
    this.model = model;
    this.options = options;
    this.maxBytes = Math.min(memoryLimitMib, DEFAULT_MEMORY_LIMIT_MIB) * BYTES_PER_MIB;
    this.end = timeLimitMs === undefined ? undefined : this.now() + timeLimitMs;
    this.stepsPerSearch = SEARCH_STEPS.atLeast + SEARCH_STEPS.perOperation * size;
    this.stepsLeft = ALL_STEPS.atLeast + ALL_STEPS.perOperation * size;
  }

  isImpossible(operations: readonly HistoryOperation[]): boolean {
    return this.search(operations).outcome === 'not-linearizable';
  }

  isPossible(operations: readonly HistoryOperation[]): boolean {
    return this.search(operations).outcome === 'linearizable';
  }

  /** The line up to which, its return not included, some order was found to work. */
  possibleUpTo(operations: readonly HistoryOperation[]): number {
    return this.search(operations).search?.furthestReturn ?? 0;
  }

  /** Some of the longest orders of an impossible history. */
  deadEnds(
    operations: readonly HistoryOperation[],
    most: number,
  ): readonly (readonly HistoryOperation[])[] {
    const options = { lookahead: false, deadEnds: most };
    return this.search(operations, options, GUESSING_STEPS * 10).search?.deadEnds ?? [];
  }

  /** Accounts for operations looked at without a search. False: there is nothing left for it. */
  look(operations: number): boolean {
    return this.spend(operations / LOOKS_PER_STEP);
  }

  private spend(steps: number): boolean {
    this.stepsLeft -= steps;
    if (this.stepsLeft <= 0) this.limit ??= 'its bound on work was reached';
    else if (this.isTimeUp()) this.limit ??= `the time limit was reached`;
    else return true;
    return false;
  }

  private search(
    operations: readonly HistoryOperation[],
    options: { lookahead?: boolean; deadEnds?: number } = {},
    mostSteps = this.stepsPerSearch,
  ): { outcome: SearchOutcome | 'not begun'; search?: KeySearch } {
    if (!this.spend(operations.length)) return { outcome: 'not begun' };
    const search = new KeySearch(MODELS[this.model], operations, options);
    const guesses = operations.filter(({ f, outcome }) => f === 'putHash' && outcome === 'info');
    const guessing = Math.min(GUESSING_STEPS, Math.ceil(MOST_GUESSED / guesses.length), mostSteps);
    const most = guesses.length > MOST_GUESSES ? guessing : mostSteps;
    let outcome: SearchOutcome = 'out-of-steps';
    while (outcome === 'out-of-steps' && search.steps < most) {
      const before = search.steps;
      outcome = search.run(Math.min(TURN_STEPS, most - search.steps), this.maxBytes);
      if (!this.spend(search.steps - before)) break;
    }
    if (outcome === 'out-of-memory') this.limit ??= 'its bound on memory was reached';
    return { outcome, search };
  }

  private isTimeUp(): boolean {
    return this.end !== undefined && this.now() >= this.end;
  }

  private now(): number {
    return (this.options.now ?? (() => performance.now()))();
  }
}
