/** Walks one schedule, from the start to its end, and tells what happens as a trace. */

import type { Failure } from '../../judging/failure';
import type { NodeHost } from '../../nodes/node-host';
import type { TraceEvent } from '../../runtime/trace';
import { quiescenceMs } from '../timing';
import { Closing } from './closing';
import { missing, violation } from './global-state';
import { brokenInvariant } from './invariants';
import { isCrash, isDeviation, isEvent, makeMove, moveKind } from './moves';
import { Narrator } from './narrator';
import { noEvent } from './next-event';
import { follow, type StepMisfit } from './path';
import { firstBroken, verdictsOn } from './properties';
import type { Schedule } from './schedule';
import { excuses } from './search';
import { stageSystem } from './staging';
import { makeSystem, type Onlooker, type System } from './system';

export type WalkResult =
  | { readonly fits: true; readonly failure: Failure | null; readonly trace: readonly TraceEvent[] }
  /** The code went another way. */
  | ({ readonly fits: false } & StepMisfit);

/** Between two steps of a schedule that people made, so that they can tell them apart. */
export const stepMs = 1;

export async function walk(
  schedule: Schedule,
  host: NodeHost,
  onlooker?: Onlooker,
): Promise<WalkResult> {
  const { setting, toEnd } = schedule;
  const system = makeSystem({ ...onlooker, host, setting, merging: false, shown: !toEnd });
  try {
    const failure = await stageSystem(system);
    if (failure !== null) return { fits: true, failure, trace: [] };
    return await new Walker(system, schedule).run();
  } finally {
    system.locals.close();
  }
}

/** Makes the next event happen, which is known, and tells it; what came of it. */
export async function narratedEvent(
  { state, locals }: System,
  narrator: Narrator,
): Promise<number> {
  narrator.before();
  let outcome = state.apply();
  while (outcome === missing) {
    await locals.execute(state.missingState, state.missingInput);
    outcome = state.apply();
  }
  narrator.after();
  return outcome;
}

class Walker {
  private readonly system: System;
  private readonly schedule: Schedule;
  private readonly narrator: Narrator;
  private faults = 0;
  private failure: Failure | null = null;

  constructor(system: System, schedule: Schedule) {
    this.system = system;
    this.schedule = schedule;
    this.narrator = new Narrator(system, schedule.toEnd ? 0 : stepMs);
  }

  async run(): Promise<WalkResult> {
    const { system, schedule } = this;
    const misfit = await follow(system, schedule.steps, (move) => this.take(move));
    if (misfit !== null) return { fits: false, ...misfit };
    if (this.failure === null) {
      this.failure = schedule.toEnd ? await this.goOn() : await this.judged();
    }
    return { fits: true, failure: this.failure, trace: this.narrator.trace };
  }

  /** True: it broke a rule, and that is the end. */
  private async take(move: number): Promise<boolean> {
    const { state } = this.system;
    const kind = moveKind(move);
    this.narrator.chosen(move);
    if (isDeviation(kind)) this.faults += 1;
    if (isCrash(kind)) excuses(this.system, this.faults);
    makeMove(state, move);
    if (isEvent(kind)) this.failure = await this.event();
    return this.failure !== null;
  }

  /** The next event, which is known; a failure if it breaks a rule. */
  private async event(): Promise<Failure | null> {
    const { state, locals, histories } = this.system;
    const outcome = await narratedEvent(this.system, this.narrator);
    if (outcome === violation) return locals.violations.get(state.transition) as Failure;
    const broken = brokenInvariant(this.system);
    if (broken !== null) return broken;
    // A violation is seen as soon as the clients can see it.
    return state.isLandmark ? histories.judge(state.history) : null;
  }

  private async judged(): Promise<Failure | null> {
    return firstBroken(await verdictsOn(this.system, []))?.[1] ?? null;
  }

  /** As usual while something new is seen, and then to the end of the closing. */
  private async goOn(): Promise<Failure | null> {
    const { state, locals, setting } = this.system;
    let newsAt = state.now;
    while (!state.isFinished && state.now <= newsAt + quiescenceMs && state.peek() !== noEvent) {
      const broken = await this.event();
      if (broken !== null) return broken;
      if (state.isLandmark) newsAt = state.now;
    }
    const steps = new Closing(this.system, setting.crashes, this.narrator).run();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await locals.execute(state.missingState, state.missingInput);
    }
  }
}
