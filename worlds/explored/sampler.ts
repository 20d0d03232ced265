/**
 * Beyond the bound, schedules are drawn by chance, with more deviations than the bound allows. Three
 * ways take turns: deviations at moments drawn in advance over the length of a run, as in
 * probabilistic concurrency testing (Burckhardt et al. 2010); a walk that decides at each event; and
 * partial order sampling, with a few crashes, pauses and copies at moments drawn in advance.
 */

import { between, pick, type Random, seededRandom } from '../../runtime/seeded-random';
import { quiescenceMs } from '../timing';
import { missing, violation } from './global-state';
import { brokenInvariant } from './invariants';
import {
  considered,
  deviations,
  endings,
  holdMove,
  isCrash,
  makeMove,
  moveKind,
  packMove,
  releaseMove,
  resumeMove,
} from './moves';
import { noEvent } from './next-event';
import { PartialOrder } from './partial-order';
import {
  type Bound,
  type Choice,
  excuses,
  needsExecution,
  type Search,
  type Violation,
} from './search';
import type { System } from './system';

/** How many deviations more than the bound a sample has at the most. */
const mostBeyond = 4;
/** The chance that something which may end now ends now. */
const endChance = 0.25;

/** The ways to draw a schedule, in turns. */
const ways = ['moments', 'walk', 'partial order'] as const;
export type Way = (typeof ways)[number];

export class Sampler {
  samples = 0;
  found: Violation | null = null;
  private readonly system: System;
  private readonly bound: Bound;
  private readonly search: Search;
  private readonly choices = new Int32Array(256);
  /** Events of the longest run so far: over so many, moments are drawn. */
  private longest = 32;
  private made: Choice[] = [];
  private after = 0;
  private readonly only: Way | undefined;
  /** Of the sample that is drawn now, if that is its way. */
  private order: PartialOrder | undefined;

  /**
   * Goes on from a search that has exhausted its bound, with its closings and its counts. With `only`,
   * all samples are drawn in that way.
   */
  constructor(system: System, bound: Bound, search: Search, only?: Way) {
    this.system = system;
    this.bound = bound;
    this.search = search;
    this.only = only;
  }

  /** From the state that is given, `count` times. */
  *run(
    start: { readonly words: Int32Array; readonly now: number },
    count: number,
    seed: number,
  ): Generator<number, void> {
    while (this.samples < count && this.found === null) {
      const { state } = this.system;
      state.unpack(start.words, 0);
      state.now = start.now;
      yield* this.sample(seededRandom(seed, this.samples));
      this.samples += 1;
    }
  }

  private *sample(random: Random): Generator<number, void> {
    const { system, choices } = this;
    const { state } = system;
    const way = this.only ?? (ways[this.samples % ways.length] as Way);
    this.order = way === 'partial order' ? new PartialOrder(state, random) : undefined;
    const least = this.bound.deviations + 1;
    let left = this.order ? between(random, 0, least) : between(random, least, least + mostBeyond);
    const moments = way === 'walk' ? undefined : this.momentsOf(random, left);
    this.made = [];
    this.after = 0;
    let newsAt = state.now;
    let events = 0;
    for (; !state.isFinished && state.now <= newsAt + quiescenceMs; events += 1) {
      this.putInOrder();
      if (state.peek() === noEvent) break;
      const isMoment = moments?.has(events) ?? random() < left / this.longest;
      if (left > 0 && isMoment) {
        left -= 1;
        this.deviate(random);
        if (state.peek() === noEvent) break;
      }
      this.order?.happens();
      let outcome = state.apply();
      while (outcome === missing) {
        yield needsExecution;
        outcome = state.apply();
      }
      this.search.transitions += 1;
      this.after += 1;
      if (outcome === violation) {
        const seen = system.locals.violations.get(state.transition);
        if (seen !== undefined) this.report({ failure: seen, inClosing: false });
        return;
      }
      const broken = brokenInvariant(system);
      if (broken !== null) return this.report({ failure: broken, inClosing: false });
      const count = this.allowed(endings(state, choices), releaseMove);
      considered(state, choices, count);
      if (count > 0 && random() < endChance) this.make(pick(random, [...choices.slice(0, count)]));
      if (state.isLandmark) newsAt = state.now;
    }
    this.longest = Math.max(this.longest, events);
    const failure = yield* this.search.closing.run();
    if (failure !== null) this.report({ failure, inClosing: true });
  }

  private momentsOf(random: Random, count: number): Set<number> {
    return new Set(Array.from({ length: count }, () => between(random, 0, this.longest - 1)));
  }

  /** Brings what has the highest priority to its turn. */
  private putInOrder(): void {
    const { state } = this.system;
    for (let choice = this.order?.choice(); choice !== undefined; choice = this.order?.choice()) {
      if (moveKind(choice) === holdMove) state.peek();
      this.make(choice);
    }
  }

  /** In partial order sampling, only priorities say what is held back until when. */
  private allowed(count: number, without: number): number {
    if (this.order === undefined) return count;
    const others = this.choices.subarray(0, count).filter((choice) => moveKind(choice) !== without);
    this.choices.set(others);
    return others.length;
  }

  private deviate(random: Random): void {
    const { state } = this.system;
    const mayCrash = state.crashes < this.bound.crashes;
    const count = this.allowed(deviations(state, mayCrash, this.choices), holdMove);
    if (count === 0) return;
    const choice = pick(random, [...this.choices.slice(0, count)]);
    if (isCrash(moveKind(choice))) excuses(this.system, this.made.length + 1);
    this.make(choice);
    // Nobody is left to act: then it was a short stop.
    if (state.peek() === noEvent) {
      for (let node = state.spec.firstServer; node < state.spec.firstClient; node += 1) {
        if ((state.paused >> node) & 1) this.make(packMove(resumeMove, node));
      }
    }
  }

  private make(choice: number): void {
    this.made.push({ after: this.after, choice });
    this.after = 0;
    makeMove(this.system.state, choice);
  }

  private report(seen: Pick<Violation, 'failure' | 'inClosing'>): void {
    this.found = { ...seen, choices: this.made, events: this.after };
  }
}
