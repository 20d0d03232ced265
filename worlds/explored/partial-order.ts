/**
 * Partial order sampling (Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling", CAV 2018):
 * each pending event has a random priority, the highest goes next, and those that it races with, as
 * they have the same receiver, draw anew. So the orders of events that do not depend on each other
 * are not what chance is spent on. Passing time is an event, too, one with low priorities: it races
 * with nothing but itself.
 *
 * What goes next is brought to its turn by choices, so that each sample is a schedule like all others:
 * what stands before it is held back, and released when it has the highest priority. See decision W14.
 */
import type { Random } from '../../runtime/seeded-random';
import type { GlobalState } from './global-state';
import { invokeInput, maxContents, requestInput, responseInput } from './inputs';
import { messageKind, messageTo } from './messages';
import { holdMove, packMove, releaseMove } from './moves';

/** No more messages are held back at a time. */
const mostHeld = 48;

export class PartialOrder {
  private readonly state: GlobalState;
  private readonly random: Random;
  /** By message and text. */
  private readonly priorities = new Map<number, number>();
  private ofTime: number;

  constructor(state: GlobalState, random: Random) {
    this.state = state;
    this.random = random;
    this.ofTime = this.lowPriority();
  }

  /** The choice to be made before the next event; undefined: the next event is the one to happen. */
  choice(): number | undefined {
    const { state } = this;
    const next = state.firstMessage();
    let [best, held] = next < 0 ? [this.ofTime, -1] : [-1, -1];
    let first = -1;
    for (let i = 0; i < state.messageCount; i += 1) {
      const message = state.messages[2 * i] as number;
      if (state.isStopped(message)) continue;
      // An event that nobody may hold back happens at once.
      if (first < 0 && !isHoldable(message)) return undefined;
      const priority = this.priorityOf(message, state.messages[2 * i + 1] as number);
      if (priority > best) [best, first] = [priority, i];
    }
    for (let i = 0; i < state.heldCount; i += 1) {
      const message = state.held[4 * i] as number;
      if (state.isStopped(message)) continue;
      const priority = this.priorityOf(message, state.held[4 * i + 1] as number);
      if (priority > best) [best, held] = [priority, i];
    }
    if (held >= 0) return packMove(releaseMove, held);
    if (next < 0 || first === next || state.heldCount >= mostHeld) return undefined;
    return packMove(holdMove, next);
  }

  /** The event that `peek` has found is about to happen: what races with it draws anew. */
  happens(): void {
    const { state } = this;
    if (!state.isMessageNext) {
      this.ofTime = this.lowPriority();
      return;
    }
    for (const key of this.priorities.keys()) {
      if (messageTo(Math.floor(key / maxContents)) === state.eventNode) this.priorities.delete(key);
    }
  }

  private priorityOf(message: number, content: number): number {
    const key = message * maxContents + content;
    let priority = this.priorities.get(key);
    if (priority === undefined) {
      priority = this.random();
      this.priorities.set(key, priority);
    }
    return priority;
  }

  /** Else every other message would come after some time-out. */
  private lowPriority(): number {
    return this.random() ** 4;
  }
}

function isHoldable(message: number): boolean {
  const kind = messageKind(message);
  return kind === requestInput || kind === responseInput || kind === invokeInput;
}
