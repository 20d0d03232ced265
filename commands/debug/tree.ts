/** All states of a system that were visited, as a tree; who makes the same move is there again. */
import type { Failure } from '../../judging/failure';
import type { NodeHost } from '../../nodes/node-host';
import type { TraceEvent } from '../../runtime/trace';
import type { DebuggedStep } from '../../suite/scenario/lab-declaration';
import { violation } from '../../worlds/explored/global-state';
import { nameOfMove } from '../../worlds/explored/move-names';
import { isEvent, makeMove, moveKind, usualMove } from '../../worlds/explored/moves';
import { Narrator, type NarratorState } from '../../worlds/explored/narrator';
import { objection } from '../../worlds/explored/objections';
import { follow, type StepMisfit } from '../../worlds/explored/path';
import { type Verdicts, verdictsOn } from '../../worlds/explored/properties';
import type { Step } from '../../worlds/explored/schedule';
import type { Setting } from '../../worlds/explored/setting';
import { stageSystem } from '../../worlds/explored/staging';
import { makeSystem, type System } from '../../worlds/explored/system';
import { narratedEvent, stepMs } from '../../worlds/explored/walk';
import type { WatchedCode } from '../../worlds/explored/watchdog';
import {
  type MoveView,
  moveView,
  viewOfState,
  type WorldView,
} from '../../worlds/explored/world-view';

export interface Visited {
  /** Counts the states of the tree from 0. */
  readonly id: number;
  readonly parent: Visited | null;
  /** The move that led here; null: this is the beginning. */
  readonly move: Move | null;
  /** The state itself, packed. */
  readonly words: Int32Array;
  readonly nowMs: number;
  readonly told: NarratorState;
  /** The events of that step. */
  readonly events: readonly TraceEvent[];
  /** Rules that were broken on the way, whatever came later. */
  readonly broken: readonly Failure[];
  readonly verdicts: Verdicts;
}

export interface Move {
  /** As in schedules. */
  readonly name: string;
  readonly isUsual: boolean;
  readonly view: MoveView;
}

/** The move is not possible. */
export class Impossible extends Error {}

/** States of a tree: some hundred megabytes. */
export const maxStates = 20_000;

export interface TreeOptions extends WatchedCode {
  readonly host: NodeHost;
  readonly setting: Setting;
}

export class StateTree {
  readonly states: Visited[] = [];
  readonly system: System;
  private readonly narrator: Narrator;
  private readonly known = new Map<string, Visited>();
  private readonly worlds = new WeakMap<Visited, WorldView>();

  constructor(options: TreeOptions) {
    this.system = makeSystem({ ...options, merging: false, shown: true });
    this.narrator = new Narrator(this.system, stepMs);
  }

  close(): void {
    this.system.locals.close();
  }

  /** The first state, at which what happened before is told. A failure: there is none. */
  async plant(): Promise<Visited | Failure> {
    const failure = await stageSystem(this.system, this.narrator);
    if (failure !== null) return failure;
    return this.add(null, null, []);
  }

  /** Brings the system to this state. */
  enter({ words, nowMs }: Visited): System {
    this.system.state.unpack(words, 0);
    this.system.state.now = nowMs;
    return this.system;
  }

  /** The state as people see it. */
  world(visited: Visited): WorldView {
    let world = this.worlds.get(visited);
    if (world === undefined) {
      world = viewOfState(this.enter(visited), visited.told);
      this.worlds.set(visited, world);
    }
    return world;
  }

  /** The state that this move leads to. Throws Impossible when it is not possible, or the tree is full. */
  async take(from: Visited, move: number): Promise<Visited> {
    const key = `${from.id} ${move}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= maxStates) {
      throw new Impossible(`the tree has ${maxStates} states: reload the page to begin anew`);
    }
    const world = this.world(from);
    const { state, locals } = this.enter(from);
    const why = objection(this.system, move);
    if (why !== undefined) throw new Impossible(why);
    const name = nameOfMove(this.system, move);
    const view = moveView(this.system, world, move);
    const isUsual = usualMove(state) === move;
    this.enter(from);
    this.narrator.resume(from.told);
    this.narrator.trace = [];
    this.narrator.chosen(move);
    makeMove(state, move);
    let broken = from.broken;
    if (
      isEvent(moveKind(move)) &&
      (await narratedEvent(this.system, this.narrator)) === violation
    ) {
      broken = [...broken, locals.violations.get(state.transition) as Failure];
    }
    const visited = await this.add(from, { name, isUsual, view }, broken);
    this.known.set(key, visited);
    return visited;
  }

  /**
   * Goes along steps. Resolves with where that leads, and the first step that does not fit; null: all
   * of them do.
   */
  async along(from: Visited, steps: readonly Step[]): Promise<[Visited, StepMisfit | null]> {
    let here = from;
    const misfit = await follow(this.enter(here), steps, async (move) => {
      here = await this.take(here, move);
      this.enter(here);
      return false;
    });
    return [here, misfit];
  }

  /** The way to this state, for a scenario. */
  scenarioSteps(visited: Visited): DebuggedStep[] {
    return wayTo(visited).flatMap(({ parent, move, events }) => {
      if (parent === null || move === null) return [];
      const answered = events.filter(({ type }) => type === 'return').map(({ node }) => node);
      return [{ before: this.world(parent), move: move.view, answered }];
    });
  }

  private async add(
    parent: Visited | null,
    move: Move | null,
    broken: readonly Failure[],
  ): Promise<Visited> {
    const { state } = this.system;
    const { now: nowMs } = state;
    const words = state.packed.slice(0, state.pack());
    const told = this.narrator.save();
    const events = this.narrator.trace;
    const verdicts = await verdictsOn(this.system, broken);
    const id = this.states.length;
    const visited = { id, parent, move, words, nowMs, told, events, broken, verdicts };
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
export function stepsTo(state: Visited): Step[] {
  const steps: Step[] = [];
  for (const { move } of wayTo(state)) {
    if (move === null) continue;
    const last = steps.at(-1);
    if (!move.isUsual) steps.push({ name: move.name });
    else if (last !== undefined && 'usual' in last)
      steps[steps.length - 1] = { usual: last.usual + 1 };
    else steps.push({ usual: 1 });
  }
  return steps;
}
