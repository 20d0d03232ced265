/** Nodes that run and are kept, by the state that they are in: whoever goes on from there needs no replay. */
import type { NodeIncarnation } from './incarnations';

/** More than these are not kept; each has modules of its own, some 50 KB. */
const maxIncarnations = 400;

export class IncarnationPool {
  private count = 0;
  /** The states used last stand last. */
  private readonly byState = new Map<number, NodeIncarnation[]>();

  /** Takes out an incarnation that is in this state; undefined: there is none. */
  take(state: number): NodeIncarnation | undefined {
    const incarnations = this.byState.get(state);
    const incarnation = incarnations?.pop();
    if (incarnation === undefined) return undefined;
    this.count -= 1;
    if (incarnations?.length === 0) this.byState.delete(state);
    return incarnation;
  }

  keep(state: number, incarnation: NodeIncarnation): void {
    const incarnations = this.byState.get(state) ?? [];
    incarnations.push(incarnation);
    this.byState.delete(state);
    this.byState.set(state, incarnations);
    this.count += 1;
    if (this.count > maxIncarnations) this.dropOldest();
  }

  clear(): void {
    for (const incarnations of this.byState.values())
      for (const incarnation of incarnations) incarnation.crash();
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
