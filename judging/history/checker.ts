import type { HistoryOperation, ModelName } from './model/history';
import { MODELS } from './model/models';
import { addTo } from './model/multimap';
import { KeySearch, type SearchOutcome } from './search/key-search';

export interface CheckOptions {
  /**
   * Candidates to try, over all keys, before the verdict is `unknown`. The only limit to give where
   * verdicts must be repeatable: the same history and steps always give the same result.
   */
  readonly maxSteps?: number;
  /** Time before the verdict is `unknown`. Without it no clock is ever looked at. */
  readonly timeLimitMs?: number;
  /** Memory for the configurations visited, over all keys, in MiB. Default 512. */
  readonly memoryLimitMib?: number;
  /** The clock for `timeLimitMs`, in ms. */
  readonly now?: () => number;
}

export type Limit = 'steps' | 'time' | 'memory';

/** Where an operation takes effect, in one order that explains the history. */
export interface LinearizationPoint {
  readonly operation: HistoryOperation;
  /**
   * The line of the history directly after which it takes effect; several operations may do so
   * after the same line, one after the other as listed.
   */
  readonly after: number;
}

export type CheckResult =
  | {
      readonly verdict: 'linearizable';
      /** All operations that take effect, in order; what never returned may be left out. */
      readonly linearization: readonly LinearizationPoint[];
      readonly steps: number;
    }
  | {
      readonly verdict: 'not-linearizable';
      /** The key on which no order of the operations is possible. */
      readonly key: string | null;
      /** The operations on that key. */
      readonly operations: readonly HistoryOperation[];
      readonly steps: number;
    }
  | {
      readonly verdict: 'unknown';
      readonly limit: Limit;
      /** The limit in words. */
      readonly reason: string;
      /** The keys on which the search did not come to an end. */
      readonly keys: readonly (string | null)[];
      readonly steps: number;
    };

const DEFAULT_MEMORY_LIMIT_MIB = 512;
const BYTES_PER_MIB = 1024 * 1024;
const FIRST_TURN_STEPS = 1024;
const LONGEST_TURN_STEPS = 65_536;

/**
 * Whether a history is linearizable: whether all operations that returned, and any of those that
 * did not, can be put into one order which each key's model allows and in which no operation comes
 * before one that had returned when it was invoked.
 *
 * Keys are searched one by one, since a history is linearizable if its part for each key is
 * (Herlihy & Wing 1990), and in turns, so that a violation on one key is found however hard
 * another key is. The search itself: see `KeySearch` (Wing & Gong 1993; Lowe 2017).
 *
 * @param operations by invocation, as `parseHistory` and `operationsOf` return them
 */
export function check(
  model: ModelName,
  operations: readonly HistoryOperation[],
  options: CheckOptions = {},
): CheckResult {
  return new Check(model, operations, options).run();
}

/** Splits operations by key, keys and operations in order of their first appearance. */
export function splitByKey(
  operations: readonly HistoryOperation[],
): Map<string | null, HistoryOperation[]> {
  const byKey = new Map<string | null, HistoryOperation[]>();
  for (const operation of operations) addTo(byKey, operation.key, operation);
  return byKey;
}

/** A key whose search has not come to an end. */
interface PendingKey {
  readonly key: string | null;
  readonly operations: readonly HistoryOperation[];
  turnSteps: number;
  /** Made at the first turn, since a violation may be found before every key has had one. */
  search?: KeySearch;
}

class Check {
  private readonly model: ModelName;
  private readonly options: CheckOptions;
  private readonly maxSteps: number;
  private readonly maxBytes: number;
  private readonly isTimeUp: () => boolean;

  private readonly queue: PendingKey[];
  private readonly outOfMemory: PendingKey[] = [];
  private readonly orders: (readonly HistoryOperation[])[] = [];
  private steps = 0;
  private sizeBytes = 0;

  constructor(model: ModelName, operations: readonly HistoryOperation[], options: CheckOptions) {
    this.model = model;
    this.options = options;
    this.maxSteps = options.maxSteps ?? Number.POSITIVE_INFINITY;
    this.maxBytes = (options.memoryLimitMib ?? DEFAULT_MEMORY_LIMIT_MIB) * BYTES_PER_MIB;
    this.isTimeUp = timer(options);
    this.queue = Array.from(splitByKey(operations), ([key, ofKey]) => {
      return { key, operations: ofKey, turnSteps: FIRST_TURN_STEPS };
    });
  }

  run(): CheckResult {
    // A queue that only ever moves on: a key with work left goes to its end.
    for (let head = 0; head < this.queue.length; head++) {
      const pending = this.queue[head] as PendingKey;
      if (this.isTimeUp()) return this.unknown('time', this.queue.slice(head));
      switch (this.turn(pending)) {
        case 'linearizable':
          this.orders.push((pending.search as KeySearch).order);
          break;
        case 'not-linearizable':
          return this.violation(pending);
        case 'out-of-memory':
          this.outOfMemory.push(pending);
          break;
        case 'out-of-steps':
          if (this.steps >= this.maxSteps) return this.unknown('steps', this.queue.slice(head));
          this.queue.push(pending);
          continue;
      }
      this.sizeBytes -= pending.search?.sizeBytes ?? 0;
      delete pending.search;
    }
    if (this.outOfMemory.length > 0) return this.unknown('memory', this.outOfMemory);
    return { verdict: 'linearizable', linearization: merge(this.orders), steps: this.steps };
  }

  private turn(pending: PendingKey): SearchOutcome {
    const bytesBefore = pending.search?.sizeBytes ?? 0;
    pending.search ??= new KeySearch(MODELS[this.model], pending.operations);
    const { search, turnSteps } = pending;
    const stepsBefore = search.steps;
    const othersBytes = this.sizeBytes - bytesBefore;
    const outcome = search.run(
      Math.min(turnSteps, this.maxSteps - this.steps),
      this.maxBytes - othersBytes,
    );
    this.steps += search.steps - stepsBefore;
    this.sizeBytes = othersBytes + search.sizeBytes;
    pending.turnSteps = Math.min(2 * turnSteps, LONGEST_TURN_STEPS);
    return outcome;
  }

  private violation({ key, operations }: PendingKey): CheckResult {
    return { verdict: 'not-linearizable', key, operations, steps: this.steps };
  }

  private unknown(limit: Limit, pending: readonly PendingKey[]): CheckResult {
    const reason = {
      steps: `the limit of ${this.maxSteps} steps was reached`,
      time: `the time limit of ${this.options.timeLimitMs} ms was reached`,
      memory: `the memory limit of ${this.maxBytes / BYTES_PER_MIB} MiB was reached`,
    }[limit];
    const keys = [...new Set([...this.outOfMemory, ...pending].map(({ key }) => key))];
    return { verdict: 'unknown', limit, reason, keys, steps: this.steps };
  }
}

function timer({ timeLimitMs, now = () => performance.now() }: CheckOptions): () => boolean {
  if (timeLimitMs === undefined) return () => false;
  const end = now() + timeLimitMs;
  return () => now() >= end;
}

/** Puts the orders of several keys together into one that keeps to real time. */
function merge(orders: readonly (readonly HistoryOperation[])[]): LinearizationPoint[] {
  const points = orders.flatMap((order) => {
    // As soon as it has been invoked and the one before it has taken effect.
    let after = 0;
    return order.map((operation) => {
      after = Math.max(after, operation.invokedAt);
      return { operation, after };
    });
  });
  // Stable: what takes effect after the same line stays in its key's order.
  return points.sort((a, b) => a.after - b.after);
}
