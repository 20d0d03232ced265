/**
 * The end of a path: the faults are over, what was held back comes, everybody goes on. Then every
 * client must finish, and what they were told must still be there when the primary crashes (if the
 * bound leaves room for that) and somebody reads.
 */
import type { Failure } from '../../judging/failure';
import { finishMs, pingIntervalMs } from '../timing';
import { missing, violation } from './global-state';
import { brokenInvariant } from './invariants';
import { noEvent } from './next-event';
import { type System, viewsIn } from './system';
import { PairTable } from './tables';

/** For so long the pair must stand before its primary crashes, in milliseconds. */
const steadyMs = 3 * pingIntervalMs;
/** How long to wait for a pair before going on without a crash. */
const pairMs = 5_000;

/** Nobody has to finish then, but who does must be right. */
const excusedMs = 2_000;

const stuck = 0;

/** The witness of each event of a closing; without one, closings that were met before are not run. */
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
  /** The outcomes of states that were met before: `stuck`, or the number of the value read, from 1. */
  private readonly outcomes = new PairTable(1 << 12);
  private met: number[] = [];
  private excusedBefore = 0;
  private brokenInvariant: Failure | null = null;

  private readonly witness: Witness | undefined;

  constructor(system: System, maxCrashes: number, witness?: Witness) {
    this.system = system;
    this.maxCrashes = maxCrashes;
    this.witness = witness;
  }

  get sizeBytes(): number {
    return this.outcomes.sizeBytes;
  }

  /** A message that was held back may excuse everybody when it comes: the search asks anew each time. */
  private get mustFinish(): boolean {
    return this.system.state.excused === 0;
  }

  private get finishWithinMs(): number {
    return this.mustFinish ? finishMs : excusedMs;
  }

  /** From the state that the system is in, at the end of a path. */
  *run(): Generator<number, Failure | null> {
    const { state, histories, reader } = this.system;
    this.witness?.healed();
    state.heal();
    const healedAt = state.now;
    while (!state.isFinished && state.now <= healedAt + this.finishWithinMs) {
      if ((yield* this.event()) !== undefined) return this.broken();
      if (state.eventKind === noEvent) break;
      // People see it at once; for the search it is enough to see it in the end.
      const seen = this.witness && state.isLandmark ? histories.judge(state.history) : null;
      if (seen !== null) return seen;
    }
    if (!state.isFinished) {
      return this.mustFinish ? this.unfinished('every client') : histories.judge(state.history);
    }
    const { history } = state;
    // The past of the clients has no influence on the read that comes now.
    state.history = histories.empty;
    const read = yield* this.readAfterCrash();
    if (read < 0) return this.broken();
    if (read === stuck) {
      return this.mustFinish
        ? this.unfinished('whoever reads in the end')
        : histories.judge(history);
    }
    const client = reader - state.spec.firstClient;
    const asked = state.spec.invocations[client]?.[0] as number;
    const invoked = histories.invoked(history, client, asked);
    return histories.judge(histories.returned(invoked, client, read - 1));
  }

  /** The number of the value read, from 1; `stuck`; -1: a rule was broken on the way. */
  private *readAfterCrash(): Generator<number, number> {
    const { state } = this.system;
    this.met = [];
    this.excusedBefore = state.excused;
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
    const askedAt = state.now;
    while (state.operationsReturned(reader) === 0) {
      outcome = this.known(0);
      if (outcome >= 0) return this.all(outcome);
      if (state.now > askedAt + this.finishWithinMs) return this.all(stuck);
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
    // The excuse came after the states that were met: alone they excuse nothing.
    if (this.system.state.excused !== this.excusedBefore) return outcome;
    for (let i = 0; i < met.length; i += 2) {
      const [low, high] = [met[i] as number, met[i + 1] as number];
      if (outcomes.get(low, high) < 0) outcomes.add(low, high, outcome);
    }
    return outcome;
  }

  /** The number of the view if it is acknowledged and both its members run; else 0. */
  private pair(): number {
    const { state, names } = this.system;
    const { view, acknowledged } = viewsIn(this.system);
    const { primary, backup } = view;
    if (!acknowledged || primary === null || backup === null) return 0;
    const isDown = [primary, backup].some((name) => (state.down >> names.indexOf(name)) & 1);
    return isDown ? 0 : view.viewnum;
  }

  private primary(): number {
    return this.system.names.indexOf(viewsIn(this.system).view.primary ?? '');
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
    if (outcome === violation) return true;
    this.brokenInvariant = brokenInvariant(this.system);
    return this.brokenInvariant === null ? undefined : true;
  }

  private broken(): Failure {
    const { state, locals } = this.system;
    if (this.brokenInvariant !== null) return this.brokenInvariant;
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
