/**
 * Beyond the bound, schedules are drawn by chance, with more deviations than the bound allows. Two
 * ways take turns: deviations at moments drawn in advance over the length of a run, as in
 * probabilistic concurrency testing (Burckhardt et al. 2010), and a walk that decides at each event.
 */
import { between, pick, type Random, seededRandom } from '../seeded-random';
import {
  choiceKind,
  choose,
  considered,
  deviations,
  endings,
  isCrash,
  packChoice,
  resume,
} from './choices';
import { missing, noEvent, violation } from './global-state';
import {
  type Bound,
  type Choice,
  excuses,
  needsExecution,
  patienceMs,
  type Search,
  type Violation,
} from './search';
import type { System } from './system';

/** How many deviations more than the bound a sample has at the most. */
const mostBeyond = 4;
/** The chance that something which may end now ends now. */
const endChance = 0.25;

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

  /** Goes on from a search that has exhausted its bound, with its closings and its counts. */
  constructor(system: System, bound: Bound, search: Search) {
    this.system = system;
    this.bound = bound;
    this.search = search;
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
    const least = this.bound.deviations + 1;
    let left = between(random, least, least + mostBeyond);
    const moments = this.momentsOf(random, left);
    this.made = [];
    this.after = 0;
    let newsAt = state.now;
    let events = 0;
    for (; !state.isFinished && state.now <= newsAt + patienceMs; events += 1) {
      if (state.peek() === noEvent) break;
      const isMoment = moments?.has(events) ?? random() < left / this.longest;
      if (left > 0 && isMoment) {
        left -= 1;
        this.deviate(random);
        if (state.peek() === noEvent) break;
      }
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
      const count = endings(state, choices);
      considered(state, choices, count);
      if (count > 0 && random() < endChance) this.make(pick(random, [...choices.slice(0, count)]));
      if (state.isLandmark) newsAt = state.now;
    }
    this.longest = Math.max(this.longest, events);
    const failure = yield* this.search.closing.run();
    if (failure !== null) this.report({ failure, inClosing: true });
  }

  /** undefined: each event decides anew. */
  private momentsOf(random: Random, count: number): Set<number> | undefined {
    if (this.samples % 2 === 1) return undefined;
    return new Set(Array.from({ length: count }, () => between(random, 0, this.longest - 1)));
  }

  private deviate(random: Random): void {
    const { state } = this.system;
    const mayCrash = state.crashes < this.bound.crashes;
    const count = deviations(state, mayCrash, this.choices);
    if (count === 0) return;
    const choice = pick(random, [...this.choices.slice(0, count)]);
    if (isCrash(choiceKind(choice))) excuses(this.system, this.made.length + 1);
    this.make(choice);
    // Nobody is left to act: then it was a short stop.
    if (state.peek() === noEvent) {
      for (let node = 1; node < state.spec.firstClient; node += 1) {
        if ((state.paused >> node) & 1) this.make(packChoice(resume, node));
      }
    }
  }

  private make(choice: number): void {
    this.made.push({ after: this.after, choice });
    this.after = 0;
    choose(this.system.state, choice);
  }

  private report(seen: Pick<Violation, 'failure' | 'inClosing'>): void {
    this.found = { ...seen, choices: this.made, events: this.after };
  }
}
