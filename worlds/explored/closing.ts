/**
 * The end of a path: the faults are over, what was held back comes, everybody goes on. Then every
 * client must finish, and what they were told must still be there when the primary crashes (if the
 * bound leaves room for that) and somebody reads.
 */
import type { Failure } from '../scenario/failure';
import { pingIntervalMs } from '../scenario/lab';
import { missing, noEvent, violation } from './global-state';
import type { System } from './system';
import { PairTable } from './tables';

/** After the faults have ended, everybody finishes within this time, in milliseconds. */
const finishMs = 10_000;
/** For so long the pair must stand before its primary crashes, in milliseconds. */
const steadyMs = 3 * pingIntervalMs;
/** How long to wait for a pair before going on without a crash. */
const pairMs = 5_000;

/** Nobody has to finish then, but who does must be right. */
const excusedMs = 2_000;

const stuck = 0;

/** Who is told of each event of a closing; without one, closings that were met before are not run. */
export interface Witness {
  healed(): void;
  before(): void;
  after(): void;
  crashed(node: number): void;
}

export class Closing {
  /** How many events there were in all closings. */
  transitions = 0;
  private readonly system: System;
  private readonly maxCrashes: number;
  /** What came of states that were met before: `stuck`, or what was read, from 1. */
  private readonly outcomes = new PairTable(1 << 12);
  private met: number[] = [];

  private readonly witness: Witness | undefined;

  constructor(system: System, maxCrashes: number, witness?: Witness) {
    this.system = system;
    this.maxCrashes = maxCrashes;
    this.witness = witness;
  }

  get sizeBytes(): number {
    return this.outcomes.sizeBytes;
  }

  /** From the state that the system is in, at the end of a path. */
  *run(): Generator<number, Failure | null> {
    const { state, histories, reader } = this.system;
    this.witness?.healed();
    state.heal();
    const mustFinish = state.excused === 0;
    const limit = state.now + (mustFinish ? finishMs : excusedMs);
    while (!state.isFinished && state.now <= limit) {
      if ((yield* this.event()) !== undefined) return this.broken();
      if (state.eventKind === noEvent) break;
      // People see it at once; for the search it is enough to see it in the end.
      const seen = this.witness && state.isLandmark ? histories.judge(state.history) : null;
      if (seen !== null) return seen;
    }
    if (!state.isFinished) {
      return mustFinish ? this.unfinished('every client') : histories.judge(state.history);
    }
    const { history } = state;
    // What the clients saw has no influence on what is read now.
    state.history = histories.empty;
    const read = yield* this.readAfterCrash();
    if (read < 0) return this.broken();
    if (read === stuck) {
      return mustFinish ? this.unfinished('whoever reads in the end') : histories.judge(history);
    }
    const client = reader - state.spec.firstClient;
    const invoked = histories.invoked(history, client);
    return histories.judge(histories.returned(invoked, client, read - 1));
  }

  /** What was read, from 1; `stuck`; -1: a rule was broken on the way. */
  private *readAfterCrash(): Generator<number, number> {
    const { state } = this.system;
    this.met = [];
    let outcome = -1;
    if (state.crashes < this.maxCrashes) {
      const limit = state.now + pairMs;
      let steadySince = state.now;
      let view = this.pair();
      while (state.now <= limit && (view === 0 || state.now < steadySince + steadyMs)) {
        outcome = this.known(1 + Math.min(steadyMs, state.now - steadySince));
        if (outcome >= 0) return this.all(outcome);
        if ((yield* this.event()) !== undefined) return -1;
        const now = this.pair();
        if (now !== view || now === 0) steadySince = state.now;
        view = now;
      }
      if (view !== 0) {
        this.witness?.crashed(this.primary());
        state.crash(this.primary());
      }
    }
    const { reader } = this.system;
    state.enqueueInvocation(reader);
    const limit = state.now + (state.excused === 0 ? finishMs : excusedMs);
    while (state.operationsReturned(reader) === 0) {
      outcome = this.known(0);
      if (outcome >= 0) return this.all(outcome);
      if (state.now > limit) return this.all(stuck);
      if ((yield* this.event()) !== undefined) return -1;
    }
    return this.all(1 + state.lastResult);
  }

  private known(extra: number): number {
    const { state } = this.system;
    state.hash(extra);
    const low = state.low >>> 1;
    const high = state.high >>> 1;
    const known = this.outcomes.get(low, high);
    if (known < 0) this.met.push(low, high);
    return known;
  }

  private all(outcome: number): number {
    const { met, outcomes } = this;
    for (let i = 0; i < met.length; i += 2) {
      const [low, high] = [met[i] as number, met[i + 1] as number];
      if (outcomes.get(low, high) < 0) outcomes.add(low, high, outcome);
    }
    return outcome;
  }

  /** The number of the view if it is acknowledged and both its members run; else 0. */
  private pair(): number {
    const { state, observer, locals, names } = this.system;
    const { view, acknowledged } = observer.viewsOf(
      locals.observations.words[state.ids[0] as number] as number,
    );
    const { primary, backup } = view;
    if (!acknowledged || primary === null || backup === null) return 0;
    const isDown = [primary, backup].some((name) => (state.down >> names.indexOf(name)) & 1);
    return isDown ? 0 : view.viewnum;
  }

  private primary(): number {
    const { state, observer, locals, names } = this.system;
    const { view } = observer.viewsOf(locals.observations.words[state.ids[0] as number] as number);
    return names.indexOf(view.primary ?? '');
  }

  private *event(): Generator<number, true | undefined> {
    const { state } = this.system;
    this.transitions += 1;
    if (state.peek() === noEvent) return undefined;
    this.witness?.before();
    let outcome = state.apply();
    while (outcome === missing) {
      yield 0;
      outcome = state.apply();
    }
    this.witness?.after();
    return outcome === violation ? true : undefined;
  }

  private broken(): Failure {
    const { state, locals } = this.system;
    return locals.violations.get(state.transition) as Failure;
  }

  private unfinished(who: string): Failure {
    const { histories, state } = this.system;
    const verdict = histories.judge(state.history);
    if (verdict !== null) return verdict;
    return {
      kind: 'stuck',
      expected: `${who} to finish within ${finishMs / 1_000} s after the faults have ended`,
      actual: 'it still waits',
    };
  }
}
