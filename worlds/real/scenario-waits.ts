import { inRealTimeMs } from '../timing';

interface Condition {
  readonly holds: () => boolean;
  readonly resolve: (held: boolean) => void;
}

export interface RealWaitsOptions {
  /** Resolves when all servers that were started are ready: to start takes no time elsewhere. */
  readonly allBegun: () => Promise<void>;
  /** Whether nothing that is waited for will come any more. */
  readonly isHopeless: () => boolean;
}

/** Milliseconds between two looks at conditions while nothing happens between nodes. */
export const lookIntervalMs = 10;
/** More than any scenario needs: a run that takes this long goes round in circles. */
const maxRunMs = 5 * 60_000;

/** The waits of a scenario, in the time of the clock on the wall. */
export class RealWaits {
  private readonly options: RealWaitsOptions;
  private readonly startedAt = performance.now();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly conditions = new Set<Condition>();
  private closed = false;

  constructor(options: RealWaitsOptions) {
    this.options = options;
  }

  /** Milliseconds since the start of the run. */
  now(): number {
    return performance.now() - this.startedAt;
  }

  /** Resolves with what the scenario does; rejects when it takes too long. */
  async limited(scenario: Promise<void>): Promise<void> {
    const looking = setInterval(() => this.look(), lookIntervalMs);
    try {
      await Promise.race([scenario, this.overtime()]);
    } finally {
      clearInterval(looking);
    }
  }

  /** Counts from when all servers that were started are ready. */
  async sleep(durationMs: number): Promise<void> {
    await this.options.allBegun();
    await this.elapse(durationMs);
  }

  /** Looks whenever something happens, so that a scenario goes on before the next thing does. */
  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const condition = { holds, resolve };
      this.conditions.add(condition);
      void this.sleep(inRealTimeMs(withinMs)).then(() => {
        if (this.conditions.delete(condition)) resolve(holds());
      });
    });
  }

  /** Something has happened. */
  look(): void {
    for (const condition of this.conditions) {
      if (!condition.holds() && !this.options.isHopeless()) continue;
      this.conditions.delete(condition);
      condition.resolve(condition.holds());
    }
  }

  /** Never resolves when the run ends before. */
  elapse(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.closed) return;
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        resolve();
      }, durationMs);
      this.timers.add(timer);
    });
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async overtime(): Promise<never> {
    await this.elapse(maxRunMs);
    throw new Error(`the run took more than ${maxRunMs / 60_000} minutes`);
  }
}
