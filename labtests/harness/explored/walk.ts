/** Walks one schedule, from the start to the closing, and tells what happens as a trace. */
import type { CallResult } from '../../../runtime/reactor';
import type { TraceEvent } from '../../../runtime/trace';
import type { Failure } from '../scenario/failure';
import type { NodeHost } from '../simulated/node-host';
import { choose, considered, crash, crashAndRestart, endings, packChoice } from './choices';
import { Closing } from './closing';
import { missing, noEvent, violation } from './global-state';
import {
  invokeInput,
  noSlot,
  outputKind,
  outputSlot,
  outputTo,
  requestInput,
  requestOutput,
  responseInput,
  returnOutput,
  startInput,
} from './inputs';
import { split } from './lives';
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
  const { work, servers, seed, crashes, staged } = setting;
  const system = makeSystem({ host, servers, work, seed, merging: false });
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
      if (choice.kind < 5) {
        state.peek();
        faults += 1;
      }
      const found = choiceNamed(this.system, choice);
      if (found === undefined) {
        state.peek();
        return this.misfit(index, nameOfNext(this.system));
      }
      this.narrator.chosen(found);
      if (choice.kind === crash || choice.kind === crashAndRestart) excuses(this.system, faults);
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

/** Writes down what happens, in the form of all traces. */
class Narrator {
  readonly trace: TraceEvent[] = [];
  private readonly system: System;
  private nextId = 1;
  /** Calls under way by caller and slot: their number and what is called. */
  private readonly calls = new Map<number, { readonly id: number; readonly call: string }>();
  private viewnum: number;

  constructor(system: System) {
    this.system = system;
    this.viewnum = this.views().viewnum;
  }

  /** A choice is about to be made. */
  chosen(choice: number): void {
    const { state, names } = this.system;
    const node = names[choice >> 3] as string;
    const at = { t: state.now, node };
    switch (choice & 7) {
      case 0:
        this.message('hold');
        break;
      case 1:
        this.message('duplicate');
        break;
      case 2:
        this.trace.push({ ...at, type: 'pause' });
        break;
      case 3:
        this.trace.push({ ...at, type: 'crash' });
        break;
      case 4:
        this.trace.push({ ...at, type: 'crash' });
        break;
      case 6:
        this.trace.push({ ...at, type: 'resume' });
        break;
    }
  }

  crashed(node: number): void {
    this.chosen(packChoice(crash, node));
  }

  healed(): void {
    const { state } = this.system;
    for (let node = 1; node < state.spec.firstClient; node += 1) {
      if ((state.paused >> node) & 1) this.chosen(packChoice(6, node));
    }
  }

  /** The event that `peek` has found is about to happen. */
  before(): void {
    const { state, names, locals } = this.system;
    const at = { t: state.now, node: names[state.eventNode] as string };
    if (!state.isMessageNext) {
      const isTick = (state.eventInput & 7) === 0;
      if (isTick) this.trace.push({ ...at, type: 'tick' });
      else this.trace.push({ ...at, type: 'timer', timer: state.eventInput >> 3 });
      return;
    }
    const { kind } = state.eventMessage();
    if (kind === startInput) {
      this.trace.push({ ...at, type: 'start' });
    } else if (kind === invokeInput) {
      const [f, args] = split(locals.contents.text(state.eventInput >>> 9));
      this.trace.push({ ...at, type: 'invoke', operation: 0, f, args: JSON.parse(args) });
    } else {
      this.message('deliver');
    }
  }

  /** It has happened: what came of it. */
  after(): void {
    const { state, names, locals } = this.system;
    const node = state.eventNode;
    const { words } = locals.outputs;
    const end = locals.outputStarts.words[state.transition + 1] as number;
    for (let i = locals.outputStarts.words[state.transition] as number; i < end; i += 2) {
      const word = words[i] as number;
      const text = () => locals.contents.text(words[i + 1] as number);
      if (outputKind(word) === requestOutput) {
        const [call, body] = split(text());
        const id = this.nextId++;
        this.calls.set((node << 6) | outputSlot(word), { id, call });
        const [from, to] = [names[node] as string, names[outputTo(word)] ?? 'nobody'];
        const message = { id, from, to, call, body: JSON.parse(body), kind: 'request' } as const;
        this.trace.push({ t: state.now, node: from, type: 'send', ...message });
      } else if (outputKind(word) === returnOutput) {
        const result = JSON.parse(text()) as CallResult;
        const at = { t: state.now, node: names[node] as string };
        this.trace.push({ ...at, type: 'return', operation: 0, result });
      }
    }
    const view = this.views();
    if (view.viewnum === this.viewnum) return;
    this.viewnum = view.viewnum;
    this.trace.push({ t: state.now, node: names[0] as string, type: 'view', ...view });
  }

  private message(type: 'deliver' | 'hold' | 'duplicate'): void {
    const { state, names, locals } = this.system;
    const { from: fromNumber, kind: kindNumber, slot } = state.eventMessage();
    const [from, to] = [names[fromNumber] as string, names[state.eventNode] as string];
    const text = locals.contents.text(state.eventInput >>> 9);
    const at = { t: state.now, node: type === 'deliver' ? to : from, type } as const;
    if (kindNumber === responseInput) {
      const { id, call } = this.callOf(state.eventNode, slot);
      const message = { kind: 'response', id, from, to, call, body: JSON.parse(text) } as const;
      this.trace.push({ ...at, ...message });
    } else if (kindNumber === requestInput) {
      const [call, body] = split(text);
      const { id } = this.callOf(fromNumber, slot);
      const message = { kind: 'request', id, from, to, call, body: JSON.parse(body) } as const;
      this.trace.push({ ...at, ...message });
    }
  }

  private callOf(node: number, slot: number) {
    const call = slot === noSlot ? undefined : this.calls.get((node << 6) | slot);
    return call ?? { id: 0, call: 'late.reply' };
  }

  private views() {
    const { state, observer, locals } = this.system;
    return observer.viewsOf(locals.observations.words[state.ids[0] as number] as number).view;
  }
}
