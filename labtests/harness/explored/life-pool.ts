/** Nodes that run and are kept, by the state that they are in: whoever goes on from there needs no replay. */
import type { Life } from './lives';

/** More than these are not kept; each has modules of its own, some 50 KB. */
const maxLives = 400;

export class LifePool {
  private count = 0;
  /** The states used last stand last. */
  private readonly byState = new Map<number, Life[]>();

  /** Takes out a life that is in this state; undefined: there is none. */
  take(state: number): Life | undefined {
    const lives = this.byState.get(state);
    const life = lives?.pop();
    if (life === undefined) return undefined;
    this.count -= 1;
    if (lives?.length === 0) this.byState.delete(state);
    return life;
  }

  keep(state: number, life: Life): void {
    const lives = this.byState.get(state) ?? [];
    lives.push(life);
    this.byState.delete(state);
    this.byState.set(state, lives);
    this.count += 1;
    if (this.count > maxLives) this.dropOldest();
  }

  clear(): void {
    for (const lives of this.byState.values()) for (const life of lives) life.crash();
    this.byState.clear();
    this.count = 0;
  }

  private dropOldest(): void {
    for (const state of this.byState.keys()) {
      this.take(state)?.crash();
      return;
    }
  }
}
