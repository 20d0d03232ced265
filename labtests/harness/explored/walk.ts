/** Walks one schedule, from the start to the closing, and tells what happens as a trace. */
import type { TraceEvent } from '../../../runtime/trace';
import type { Failure } from '../scenario/failure';
import type { NodeHost } from '../simulated/node-host';
import { choose, considered, endings, isCrash, isDeviation } from './choices';
import { Closing } from './closing';
import { missing, noEvent, violation } from './global-state';
import { Narrator } from './narrator';
import { choiceNamed, type NamedChoice, nameOfNext, type Schedule } from './schedule';
import { excuses, patienceMs } from './search';
import { makeSystem, type System, stage } from './system';

export type WalkResult =
  | { readonly fits: true; readonly failure: Failure | null; readonly trace: readonly TraceEvent[] }
  /** The code went another way: the choice that could not be made, from 1, and what came instead. */
  | {
      readonly fits: false;
      readonly choice: number;
      readonly expected: string;
      readonly got: string;
    };

export async function walk({ setting, choices }: Schedule, host: NodeHost): Promise<WalkResult> {
  const { work, servers, seed, crashes, staged, arbiter } = setting;
  const system = makeSystem({
    ...{ host, servers, work, seed, merging: false },
    arbitrated: arbiter !== undefined,
  });
  try {
    const failure = await stage(system, staged);
    if (failure !== null) return { fits: true, failure, trace: [] };
    return await new Walker(system, choices, crashes).run();
  } finally {
    system.locals.close();
  }
}

class Walker {
  private readonly system: System;
  private readonly choices: readonly NamedChoice[];
  private readonly maxCrashes: number;
  private readonly narrator: Narrator;

  constructor(system: System, choices: readonly NamedChoice[], maxCrashes: number) {
    this.system = system;
    this.choices = choices;
    this.maxCrashes = maxCrashes;
    this.narrator = new Narrator(system);
  }

  async run(): Promise<WalkResult> {
    const { state } = this.system;
    let faults = 0;
    for (const [index, choice] of this.choices.entries()) {
      for (let event = 0; event < choice.after; event += 1) {
        const broken = state.isFinished || state.peek() === noEvent || (await this.event());
        if (broken === true) return this.misfit(index, 'the end of the run');
        if (typeof broken === 'object') return this.ended(broken);
      }
      if (isDeviation(choice.kind)) {
        state.peek();
        faults += 1;
      }
      const found = choiceNamed(this.system, choice);
      if (found === undefined) {
        state.peek();
        return this.misfit(index, nameOfNext(this.system));
      }
      this.narrator.chosen(found);
      if (isCrash(choice.kind)) excuses(this.system, faults);
      choose(state, found);
    }
    let newsAt = state.now;
    while (!state.isFinished && state.now <= newsAt + patienceMs && state.peek() !== noEvent) {
      const broken = await this.event();
      if (broken !== false) return this.ended(broken);
      if (state.isLandmark) newsAt = state.now;
    }
    return this.ended(await this.close());
  }

  /** One event; a failure if it breaks a rule. */
  private async event(): Promise<Failure | false> {
    const { state, locals } = this.system;
    this.narrator.before();
    let outcome = state.apply();
    while (outcome === missing) {
      await locals.execute(state.missingState, state.missingInput);
      outcome = state.apply();
    }
    this.narrator.after();
    const marks = new Int32Array(256);
    considered(state, marks, endings(state, marks));
    if (outcome !== violation) return this.judged();
    return locals.violations.get(state.transition) as Failure;
  }

  /** A violation is seen as soon as the clients can see it. */
  private judged(): Failure | false {
    const { state, histories } = this.system;
    return state.isLandmark ? (histories.judge(state.history) ?? false) : false;
  }

  private async close(): Promise<Failure | null> {
    const { state, locals } = this.system;
    const closing = new Closing(this.system, this.maxCrashes, this.narrator);
    const steps = closing.run();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await locals.execute(state.missingState, state.missingInput);
    }
  }

  private ended(failure: Failure | null): WalkResult {
    return { fits: true, failure, trace: this.narrator.trace };
  }

  private misfit(index: number, got: string): WalkResult {
    const { whom } = this.choices[index] as NamedChoice;
    return { fits: false, choice: index + 1, expected: whom, got };
  }
}
