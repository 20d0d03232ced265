/** Measures the operations of this process: those of the prompt, of the live page and of the load. */
import type { Operation } from '../../pbservice/api';
import type { OperationNow } from '../../viewer/model/live-data';

/** How many latencies of one stretch of time are looked at; more say nothing more. */
const maxLatencies = 5_000;
/** How many operations are remembered that ended last. */
const maxLatest = 10;
/** Of a call or its outcome, in UTF-16 code units. */
const maxTextLength = 80;

interface UnderWay {
  readonly since: number;
}

export interface Measured {
  readonly done: number;
  readonly failed: number;
  readonly medianMs: number | null;
  readonly longestMs: number | null;
}

export class Meter {
  private readonly underWay = new Set<UnderWay>();
  private latenciesMs: number[] = [];
  private done = 0;
  private failed = 0;
  private readonly ended: OperationNow[] = [];

  /** An operation begins; to be called with what came of it. */
  begin(client: string, operation: Operation): (isDone: boolean, outcome: string) => void {
    const one: UnderWay = { since: performance.now() };
    this.underWay.add(one);
    return (isDone, outcome) => {
      if (!this.underWay.delete(one)) return;
      const tookMs = performance.now() - one.since;
      if (isDone) {
        this.done += 1;
        if (this.latenciesMs.length < maxLatencies) this.latenciesMs.push(tookMs);
      } else {
        this.failed += 1;
      }
      this.ended.unshift({ client, call: callOf(operation), outcome: shortened(outcome), tookMs });
      this.ended.length = Math.min(this.ended.length, maxLatest);
    };
  }

  /** The operations that ended last, the newest first. */
  get latest(): readonly OperationNow[] {
    return [...this.ended];
  }

  get waiting(): { readonly operations: number; readonly longestMs: number } {
    const now = performance.now();
    // A set keeps its order: the first has waited longest.
    const [oldest] = this.underWay;
    return {
      operations: this.underWay.size,
      longestMs: oldest === undefined ? 0 : now - oldest.since,
    };
  }

  /** The operations that ended since the last call. */
  take(): Measured {
    const sorted = this.latenciesMs.sort((a, b) => a - b);
    const measured = {
      done: this.done,
      failed: this.failed,
      medianMs: sorted[Math.floor((sorted.length - 1) / 2)] ?? null,
      longestMs: sorted.at(-1) ?? null,
    };
    this.latenciesMs = [];
    this.done = 0;
    this.failed = 0;
    return measured;
  }
}

function callOf(operation: Operation): string {
  const { op, key } = operation;
  const value = operation.op === 'get' ? '' : ` ${JSON.stringify(operation.value)}`;
  return shortened(`${op} ${key}${value}`);
}

function shortened(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text;
}
