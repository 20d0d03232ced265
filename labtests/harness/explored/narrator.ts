/** Writes down what happens in the explored world, in the form of all traces. */
import type { CallResult } from '../../../runtime/reactor';
import type { TraceEvent } from '../../../runtime/trace';
import {
  choiceKind,
  choiceOf,
  crash,
  crashAndRestart,
  duplicate,
  hold,
  packChoice,
  pause,
  resume,
} from './choices';
import type { Witness } from './closing';
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
  tickInput,
} from './inputs';
import { split } from './lives';
import type { System } from './system';

export class Narrator implements Witness {
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
    const node = names[choiceOf(choice)] ?? '';
    const at = { t: state.now, node };
    switch (choiceKind(choice)) {
      case hold:
        this.message('hold');
        break;
      case duplicate:
        this.message('duplicate');
        break;
      case pause:
        this.trace.push({ ...at, type: 'pause' });
        break;
      case crash:
      case crashAndRestart:
        this.trace.push({ ...at, type: 'crash' });
        break;
      case resume:
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
      if ((state.paused >> node) & 1) this.chosen(packChoice(resume, node));
    }
  }

  /** The event that `peek` has found is about to happen. */
  before(): void {
    const { state, names, locals } = this.system;
    const at = { t: state.now, node: names[state.eventNode] as string };
    if (!state.isMessageNext) {
      const isTick = state.eventInput === tickInput;
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
