/**
 * Explores a system: all schedules with so many deviations from the fault-free one, breadth first by
 * their number, so that the first counterexample has as few as any. Between two choices everything
 * goes its only way, and what has been seen before is not looked at again.
 *
 * The search itself never waits: it yields when the code of a node has to run first.
 */

import type { Failure } from '../../judging/failure';
import { quiescenceMs } from '../timing';
import { Closing } from './closing';
import { missing, violation } from './global-state';
import { considered, deviations, endings, isCrash, makeMove, moveKind } from './moves';
import { noEvent } from './next-event';
import { type System, viewsIn } from './system';
import { HashSet, RecordPool } from './tables';

export interface Bound {
  readonly deviations: number;
  /** How many of the deviations may be crashes. */
  readonly crashes: number;
}

/** A choice, made after so many events since the one before it. */
export interface Choice {
  readonly after: number;
  readonly choice: number;
}

export interface Violation {
  readonly failure: Failure;
  readonly choices: readonly Choice[];
  /** Events after the last choice. */
  readonly events: number;
  /** True: the violation showed only when faults had ended and the remaining work was done and read. */
  readonly inClosing: boolean;
}

export interface SearchHooks {
  /** At the end of each path, before its closing. */
  readonly onEnd?: () => void;
  /** Looks at the state after each event. Yields when the code of a node has to run first. */
  readonly judge?: () => Generator<number, Failure | null>;
}

/** Why the search gives control back. */
export const needsExecution = 0;
export const mayPause = 1;

const pauseEvery = 1 << 13;
/** Words before the state itself in the record of a chain. */
const header = 4;

export class Search {
  readonly visited = new HashSet();
  transitions = 0;
  /** How many paths have ended with all clients done, and how many were cut off. */
  ends = 0;
  cutOff = 0;
  /** How many faults the paths have that are looked at now. */
  level = 0;
  /** All levels up to this one are done; -1: none. */
  exhausted = -1;
  found: Violation | null = null;
  readonly closing: Closing;
  private readonly system: System;
  private readonly bound: Bound;
  /** Where paths begin: count, now, log, steps, then the state. */
  private chains = new RecordPool();
  private chainsOfNext = new RecordPool();
  private readonly stack = new RecordPool(1 << 16);
  /** Choices with where they came from: parent, events since, choice. */
  private readonly log = new RecordPool();
  private readonly choices = new Int32Array(256);
  private readonly path = new Int32Array(8192);
  /** Of the chain being followed. */
  private from = -1;
  private steps = 0;

  private readonly hooks: SearchHooks;

  constructor(system: System, bound: Bound, hooks: SearchHooks = {}) {
    this.system = system;
    this.bound = bound;
    this.hooks = hooks;
    this.closing = new Closing(system, bound.crashes);
  }

  get sizeBytes(): number {
    const pools = [this.chains, this.chainsOfNext, this.stack, this.log, this.visited];
    return pools.reduce((sum, pool) => sum + pool.sizeBytes, this.closing.sizeBytes);
  }

  /** From the state that the system is in. */
  *run(): Generator<number, void> {
    this.push(-1);
    yield* this.followAll();
    for (this.level = 1; this.found === null; this.level += 1) {
      this.exhausted = this.level - 1;
      if (this.level > this.bound.deviations) return;
      this.chains = this.chainsOfNext;
      this.chainsOfNext = new RecordPool();
      yield* this.deviateAll();
    }
  }

  private *deviateAll(): Generator<number, void> {
    const { state } = this.system;
    const { words, length } = this.chains;
    const found = new Int32Array(8);
    for (let at = 0; at < length; at += header + (words[at] as number)) {
      const log = words[at + 2] as number;
      const steps = words[at + 3] as number;
      state.unpack(words, at + header);
      state.now = words[at + 1] as number;
      const mayCrash = state.crashes < this.bound.crashes;
      for (let step = 0; step < steps; step += 1) {
        state.peek();
        const count = deviations(state, mayCrash, found);
        if (count > 0) {
          const { now } = state;
          const size = state.pack();
          const saved = state.packed.slice(0, size);
          for (let i = 0; i < count; i += 1) {
            const choice = found[i] as number;
            if (i > 0) {
              state.unpack(saved, 0);
              state.now = now;
              state.peek();
            }
            if (isCrash(moveKind(choice))) excuses(this.system, this.level);
            makeMove(state, choice);
            this.from = log;
            this.steps = step;
            this.push(choice);
            yield* this.followAll();
            if (this.found !== null) return;
          }
          state.unpack(saved, 0);
          state.now = now;
          state.peek();
        }
        state.apply();
        // The opportunities considered then must be considered again, or the states would differ.
        considered(state, this.choices, endings(state, this.choices));
      }
    }
  }

  /** Remembers the state to go on from it later; false: it has been seen. */
  private push(choice: number): boolean {
    const { state } = this.system;
    const size = state.hash();
    this.transitions += 1;
    if (!this.visited.add(state.low, state.high)) return false;
    const { stack } = this;
    stack.append(state.packed, size);
    stack.push(size);
    stack.push(state.now);
    stack.push(this.log.length);
    this.log.push(this.from);
    this.log.push(this.steps);
    this.log.push(choice);
    return true;
  }

  /** Follows all that is on the stack, and what comes of it, to its end. */
  private *followAll(): Generator<number, void> {
    const { stack } = this;
    const { state } = this.system;
    while (stack.length > 0) {
      stack.length -= 3;
      const at = stack.length;
      const size = stack.words[at] as number;
      state.now = stack.words[at + 1] as number;
      this.from = stack.words[at + 2] as number;
      stack.length -= size;
      state.unpack(stack.words, stack.length);
      const chain = this.keepChain(stack, size);
      yield* this.follow();
      if (chain >= 0) this.chainsOfNext.words[chain] = this.steps;
      if (this.found !== null) return;
    }
  }

  /** Keeps where a path begins for the next level. Returns where to put its length, or -1. */
  private keepChain(source: RecordPool, size: number): number {
    if (this.level >= this.bound.deviations) return -1;
    const pool = this.chainsOfNext;
    pool.push(size);
    pool.push(this.system.state.now);
    pool.push(this.from);
    const at = pool.length;
    pool.push(0);
    pool.append(source.words.subarray(source.length), size);
    return at;
  }

  private *follow(): Generator<number, void> {
    const { system, visited, path, choices } = this;
    const { state } = system;
    let newsAt = state.now;
    this.steps = 0;
    state.hash();
    path[0] = state.low;
    for (;;) {
      if (state.isFinished) {
        this.ends += 1;
        break;
      }
      if (state.peek() === noEvent) break;
      let outcome = state.apply();
      while (outcome === missing) {
        yield needsExecution;
        outcome = state.apply();
      }
      this.steps += 1;
      this.transitions += 1;
      if (this.transitions % pauseEvery === 0) yield mayPause;
      if (outcome === violation) {
        const seen = system.locals.violations.get(state.transition) as Failure;
        this.report(seen, false);
        return;
      }
      if (this.hooks.judge !== undefined) {
        const failure = yield* this.hooks.judge();
        if (failure !== null) return this.report(failure, false);
      }
      const count = state.heldCount > 0 || state.isLandmark ? endings(state, choices) : 0;
      if (count > 0) considered(state, choices, count);
      const size = state.hash();
      if (!visited.add(state.low, state.high)) {
        // Either somebody has been here, or this path goes round in a circle: then it is stuck.
        if (!this.isOnPath(state.low)) return;
        break;
      }
      path[this.steps & 8191] = state.low;
      if (count > 0) this.branch(choices, count, size);
      if (state.isLandmark) newsAt = state.now;
      if (state.now > newsAt + quiescenceMs) {
        this.cutOff += 1;
        break;
      }
    }
    this.hooks.onEnd?.();
    const { steps } = this;
    const failure = yield* this.closing.run();
    this.steps = steps;
    if (failure !== null) this.report(failure, true);
  }

  private isOnPath(low: number): boolean {
    const last = Math.min(this.steps, 8192);
    for (let i = this.steps - last; i < this.steps; i += 1) {
      if (this.path[i & 8191] === low) return true;
    }
    return false;
  }

  /** Makes each of the choices and comes back to where it was. */
  private branch(choices: Int32Array, count: number, size: number): void {
    const { state } = this.system;
    const { now } = state;
    const saved = state.packed.slice(0, size);
    const { from, steps } = this;
    for (let i = 0; i < count; i += 1) {
      const choice = choices[i] as number;
      makeMove(state, choice);
      if (this.push(choice) && state.isLandmark) this.branchOn();
      state.unpack(saved, 0);
      state.now = now;
      this.from = from;
      this.steps = steps;
    }
  }

  /** Several things may end at the same moment. */
  private branchOn(): void {
    const found = new Int32Array(this.choices.length);
    const count = endings(this.system.state, found);
    if (count === 0) return;
    this.from = this.log.length - 3;
    this.steps = 0;
    this.branch(found, count, this.system.state.pack());
  }

  private report(failure: Failure, inClosing: boolean): void {
    const choices: Choice[] = [];
    const { words } = this.log;
    for (let at = this.from; at >= 0; at = words[at] as number) {
      const choice = words[at + 2] as number;
      if (choice >= 0) choices.push({ after: words[at + 1] as number, choice });
    }
    this.found = { failure, choices: choices.reverse(), events: this.steps, inClosing };
  }
}

/**
 * A crash may take the only copy of the state, and then nobody can finish; except the first fault of
 * all in a sound pair.
 */
export function excuses(system: System, faults: number): void {
  const { view, acknowledged } = viewsIn(system);
  if (!acknowledged || view.backup === null || faults > 1) system.state.excused = 1;
}
