/** All states of a stepped world that were visited, as a tree; who takes the same step is there again. */
import type { TraceEvent } from '../../../runtime/trace';
import type { Action } from './actions';
import type { LocalStates } from './local-states';
import { judge, type Verdicts } from './properties';
import type { Beginning } from './run';
import { Impossible, step } from './step';
import type { WorldState } from './world-state';

export interface Visited {
  /** Counts the states of the tree from 0. */
  readonly id: number;
  readonly parent: Visited | null;
  /** What led here; null: it is the beginning. */
  readonly action: Action | null;
  readonly world: WorldState;
  /** What happened in that step. */
  readonly events: readonly TraceEvent[];
  readonly verdicts: Verdicts;
}

/** States of a tree: some hundred megabytes. */
export const maxStates = 20_000;

export class Tree {
  readonly states: Visited[] = [];
  private readonly locals: LocalStates;
  private readonly known = new Map<string, Visited>();

  constructor(locals: LocalStates) {
    this.locals = locals;
  }

  async plant({ world, events }: Beginning): Promise<Visited> {
    return this.add(null, null, world, events);
  }

  /** The state that this action leads to. Throws Impossible when it is not possible, or the tree is full. */
  async take(from: Visited, action: Action): Promise<Visited> {
    const key = `${from.id} ${JSON.stringify(action)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= maxStates) {
      throw new Impossible(`the tree has ${maxStates} states: reload the page to begin anew`);
    }
    const { state, events } = await step(from.world, action, this.locals);
    const visited = await this.add(from, action, state, events);
    this.known.set(key, visited);
    return visited;
  }

  private async add(
    parent: Visited | null,
    action: Action | null,
    world: WorldState,
    events: readonly TraceEvent[],
  ): Promise<Visited> {
    const verdicts = await judge(world, this.locals);
    const visited = { id: this.states.length, parent, action, world, events, verdicts };
    this.states.push(visited);
    return visited;
  }
}

/** The states on the way to this one, the first one first. */
export function wayTo(state: Visited): Visited[] {
  const way: Visited[] = [];
  for (let at: Visited | null = state; at !== null; at = at.parent) way.push(at);
  return way.reverse();
}

/** The steps of that way, for a schedule. */
export function stepsTo(state: Visited): { before: WorldState; action: Action }[] {
  return wayTo(state).flatMap(({ parent, action }) =>
    parent === null || action === null ? [] : [{ before: parent.world, action }],
  );
}
