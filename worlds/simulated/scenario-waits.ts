import { settled } from '../../nodes/settled';
import type { VirtualTimeline } from './timeline';

interface Condition {
  readonly holds: () => boolean;
  readonly resolve: (held: boolean) => void;
}

/**
 * What the scenario waits for. What it does when it goes on happens before the next event, and what it
 * finds out may be what it waits for elsewhere.
 */
export class ScenarioWaits {
  private readonly timeline: VirtualTimeline;
  private conditions: Condition[] = [];
  /** Something that the scenario waits for has happened. */
  isWoken = false;

  constructor(timeline: VirtualTimeline) {
    this.timeline = timeline;
  }

  /** Lets the scenario go on from where it waits. */
  wake<T>(resolve: (value: T) => void, value: T): void {
    this.isWoken = true;
    resolve(value);
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.timeline.after(durationMs, () => this.wake(resolve, undefined));
    });
  }

  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const condition = { holds, resolve };
      this.conditions.push(condition);
      this.timeline.after(withinMs, () => {
        const waits = this.conditions.includes(condition);
        this.conditions = this.conditions.filter((other) => other !== condition);
        if (waits) this.wake(resolve, holds());
      });
    });
  }

  /** Lets the scenario go on as far as it can. */
  goOn(): Promise<void> {
    this.isWoken = false;
    return settled();
  }

  /** Wakes the scenario where it waits for a condition that holds now. */
  look(): void {
    if (this.conditions.length === 0) return;
    const met = this.conditions.filter((condition) => condition.holds());
    if (met.length === 0) return;
    this.conditions = this.conditions.filter((condition) => !met.includes(condition));
    for (const condition of met) this.wake(condition.resolve, true);
  }
}
