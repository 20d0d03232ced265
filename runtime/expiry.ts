/**
 * Time-outs of calls that all wait equally long. They end in the order in which they began, so a
 * queue and one timer do for all of them: a call that is answered in time, as most are, costs
 * nothing but its place in the queue.
 */
interface Entry {
  readonly id: number;
  readonly deadline: number;
}

export interface ExpiryOptions {
  readonly durationMs: number;
  readonly now: () => number;
  readonly startTimer: (durationMs: number, callback: () => void) => void;
  /** Whether somebody still waits for this id. */
  readonly isWaiting: (id: number) => boolean;
  readonly onExpired: (id: number) => void;
}

/** Entries that have been dealt with are removed when there are this many of them. */
const compactAt = 1024;

export class Expiry {
  private readonly options: ExpiryOptions;
  private entries: Entry[] = [];
  private first = 0;
  private armed = false;

  constructor(options: ExpiryOptions) {
    this.options = options;
  }

  add(id: number): void {
    const deadline = this.options.now() + this.options.durationMs;
    this.entries.push({ id, deadline });
    if (!this.armed) this.arm(deadline);
  }

  private arm(deadline: number): void {
    this.armed = true;
    const durationMs = Math.max(0, deadline - this.options.now());
    this.options.startTimer(durationMs, () => this.expire(deadline));
  }

  /** The timer decides what is due, not the clock: the two may differ by a rounding error. */
  private expire(due: number): void {
    const { isWaiting, onExpired } = this.options;
    for (; this.first < this.entries.length; this.first += 1) {
      const { id, deadline } = this.entries[this.first] as Entry;
      if (!isWaiting(id)) continue;
      if (deadline > due) break;
      onExpired(id);
    }
    if (this.first >= compactAt || this.first === this.entries.length) {
      this.entries = this.entries.slice(this.first);
      this.first = 0;
    }
    this.armed = false;
    const next = this.entries[this.first];
    if (next !== undefined) this.arm(next.deadline);
  }
}
