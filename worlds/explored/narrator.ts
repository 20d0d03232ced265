/**
 * Writes down what happens in a system, in the form of all traces. Messages have no names in a state:
 * here they are numbered, as long as they are on their way.
 */

import type { Operation } from '../../pbservice/api';
import { bugInShort } from '../../runtime/node-bug';
import type { CallResult } from '../../runtime/node-io';
import type { TraceEvent } from '../../runtime/trace';
import { operationIn } from './client-histories';
import type { Witness } from './closing';
import { split } from './incarnations';
import {
  inputContent,
  inputSlot,
  nobody,
  outputKind,
  outputSlot,
  outputTo,
  requestOutput,
  returnOutput,
  tickInput,
} from './inputs';
import {
  bounceMove,
  crashMove,
  cutMove,
  deliverTwiceMove,
  dropMove,
  duplicateMove,
  holdMove,
  mendMove,
  moveKind,
  moveWhom,
  packMove,
  pauseMove,
  restartMove,
  resumeMove,
} from './moves';
import { messageEvent } from './next-event';
import { messagesIn, type PendingMessage, sideOf } from './pending';
import { beliefOf, type System, viewsIn } from './system';

/** The narrator's record of a message on its way. */
export interface NumberedMessage extends PendingMessage {
  /** Counts the messages of the run from 1. */
  readonly number: number;
  /** The number of the call; 0: the message belongs to none. */
  readonly id: number;
  /** True: the message came before. */
  readonly isCopy: boolean;
}

interface Call {
  readonly id: number;
  readonly call: string;
}

/** The knowledge of a narrator at some moment, to go on from there. */
export interface NarratorState {
  readonly messages: readonly NumberedMessage[];
  /** Calls under way by caller and slot: their number and what is called. */
  readonly calls: ReadonlyMap<number, Call>;
  /** How many messages and calls there were. */
  readonly sent: number;
  readonly called: number;
  readonly viewnum: number;
  /** The roles that were told, by node. */
  readonly roles: ReadonlyMap<number, string>;
  readonly atMs: number;
}

export class Narrator implements Witness {
  trace: TraceEvent[] = [];
  private readonly system: System;
  private readonly stepMs: number;
  private messages: readonly NumberedMessage[] = [];
  private calls = new Map<number, Call>();
  private sent = 0;
  private called = 0;
  private viewnum: number;
  private roles = new Map<number, string>();
  private atMs: number;
  private isCopied = false;

  /** Between two steps pass `stepMs` at least, so that people can tell them apart. */
  constructor(system: System, stepMs = 0) {
    this.system = system;
    this.stepMs = stepMs;
    this.viewnum = viewsIn(system).view.viewnum;
    this.atMs = system.state.now - stepMs;
    this.look();
  }

  /** To `resume` from here. */
  save(): NarratorState {
    this.look();
    const { messages, sent, called, viewnum, atMs } = this;
    const [calls, roles] = [new Map(this.calls), new Map(this.roles)];
    return { messages, calls, sent, called, viewnum, roles, atMs };
  }

  resume(state: NarratorState): void {
    this.messages = state.messages;
    this.calls = new Map(state.calls);
    this.sent = state.sent;
    this.called = state.called;
    this.viewnum = state.viewnum;
    this.roles = new Map(state.roles);
    this.atMs = state.atMs;
  }

  /** A move is about to be made. */
  chosen(move: number): void {
    const { state, names } = this.system;
    this.look();
    const [kind, whom] = [moveKind(move), moveWhom(move)];
    if (kind === pauseMove || kind === crashMove || kind === bounceMove || kind === cutMove)
      state.peek();
    const at = { t: this.step(), node: names[whom] ?? '' };
    switch (kind) {
      case holdMove:
        this.message('hold', this.messageAt(whom));
        break;
      case duplicateMove:
      case deliverTwiceMove:
        this.message('duplicate', this.messageAt(whom));
        this.isCopied = true;
        break;
      case dropMove:
        this.lost((one) => one.place === whom);
        break;
      case pauseMove:
        this.trace.push({ ...at, type: 'pause' });
        break;
      case crashMove:
      case bounceMove:
        this.trace.push({ ...at, type: 'crash' });
        this.roles.delete(whom);
        this.lost(({ to }) => to === whom);
        if (kind === bounceMove) this.lost(({ from }) => from === whom);
        break;
      case restartMove:
        this.lost(({ from }) => from === whom);
        break;
      case resumeMove:
        this.trace.push({ ...at, type: 'resume' });
        break;
      case cutMove:
        this.links('cut', whom);
        break;
      case mendMove:
        this.links('mend', state.cut);
        break;
    }
  }

  crashed(node: number): void {
    this.chosen(packMove(crashMove, node));
  }

  healed(): void {
    const { state } = this.system;
    for (let node = state.spec.firstServer; node < state.spec.firstClient; node += 1) {
      if ((state.paused >> node) & 1) this.chosen(packMove(resumeMove, node));
    }
    if (state.cut !== 0) this.chosen(packMove(mendMove, 0));
  }

  /** The next event, which is known, is about to happen. */
  before(): void {
    const { state, names, locals } = this.system;
    this.look();
    const at = { t: this.step(), node: names[state.eventNode] as string };
    if (state.eventKind === messageEvent) {
      const message = this.messageAt(state.eventIndex);
      this.messages = this.messages.filter((one) => one !== message);
      if (message?.kind === 'start') this.trace.push({ ...at, type: 'start' });
      else if (message?.kind === 'invoke') this.invoked(operationIn(textOf(message)));
      else this.message('deliver', message);
    } else if (state.isInvokedNext) {
      this.invoked(operationIn(locals.contents.text(inputContent(state.eventInput))));
    } else if (state.eventInput === tickInput) {
      this.trace.push({ ...at, type: 'tick' });
    } else {
      this.trace.push({ ...at, type: 'timer', timer: inputSlot(state.eventInput) });
    }
  }

  /** Tells the consequences of a move that has happened. */
  after(): void {
    const { state, names, locals } = this.system;
    const node = state.eventNode;
    const name = names[node] as string;
    const at = { t: this.atMs, node: name };
    const logs = locals.shownIn(state.ids[node] as number)?.logs ?? [];
    for (const { event, body } of logs) {
      this.trace.push({ ...at, type: 'log', event, fields: JSON.parse(body) });
    }
    this.tellRole(node);
    for (const [word, content] of locals.outputsOf(state.transition)) {
      const text = () => locals.contents.text(content);
      if (outputKind(word) === requestOutput) {
        const [call, body] = split(text());
        this.called += 1;
        this.calls.set((node << 6) | outputSlot(word), { id: this.called, call });
        const to = outputTo(word);
        const isLost = to === nobody || ((state.down >> to) & 1) === 1;
        const message = { id: this.called, from: name, to: names[to] ?? 'nobody', call };
        const said = { ...message, kind: 'request', body: JSON.parse(body) } as const;
        this.trace.push({ ...at, type: 'send', ...said });
        if (isLost) this.trace.push({ ...at, type: 'drop', ...said });
      } else if (outputKind(word) === returnOutput) {
        const result = JSON.parse(text()) as CallResult;
        this.trace.push({ ...at, type: 'return', operation: 0, result });
      }
    }
    this.look();
    this.failed();
    const { view } = viewsIn(this.system);
    if (view.viewnum === this.viewnum) return;
    this.viewnum = view.viewnum;
    this.trace.push({ t: this.atMs, node: names[0] as string, type: 'view', ...view });
  }

  /** Servers without a view service say in no message what they are. */
  private tellRole(node: number): void {
    const { kind, names } = this.system;
    const belief = kind.saysRoles === true ? beliefOf(this.system, node) : null;
    if (belief === null) return;
    const fields = { role: belief.role, viewnum: belief.viewnum };
    const told = JSON.stringify(fields);
    if (this.roles.get(node) === told) return;
    this.roles.set(node, told);
    this.trace.push({
      t: this.atMs,
      node: names[node] as string,
      type: 'log',
      event: 'role',
      fields,
    });
  }

  private failed(): void {
    const { state, names, locals } = this.system;
    const bug = locals.bugs.get(state.transition);
    if (bug === undefined) return;
    const { type, where } = bug;
    const node = names[state.eventNode] as string;
    this.trace.push({ t: this.atMs, node, type, where, error: bugInShort(bug) });
  }

  /** The time of a step, at which nothing else was before it. */
  private step(): number {
    this.atMs = Math.max(this.atMs + this.stepMs, this.system.state.now);
    return this.atMs;
  }

  private invoked({ op: f, ...args }: Operation): void {
    const node = this.system.names[this.system.state.eventNode] as string;
    this.trace.push({ t: this.atMs, node, type: 'invoke', operation: 0, f, args });
  }

  private lost(isLost: (message: NumberedMessage) => boolean): void {
    for (const message of this.messages.filter(isLost)) this.message('drop', message);
  }

  private links(type: 'cut' | 'mend', cut: number): void {
    const { names, reader } = this.system;
    const side = new Set(sideOf(this.system, cut));
    for (const a of side) {
      for (const [b, name] of names.entries()) {
        // The client that reads at the end is nobody before.
        if (side.has(b) || b === reader) continue;
        this.trace.push({ t: this.atMs, node: names[a] as string, type, to: name });
        this.trace.push({ t: this.atMs, node: name, type, to: names[a] as string });
      }
    }
  }

  private messageAt(place: number): NumberedMessage | undefined {
    return this.messages.find((one) => one.place === place);
  }

  private message(
    type: 'send' | 'deliver' | 'hold' | 'duplicate' | 'drop',
    message: NumberedMessage | undefined,
  ): void {
    if (message === undefined) return;
    const { kind, id, call, body } = message;
    if (kind !== 'request' && kind !== 'response') return;
    const { names } = this.system;
    const [from, to] = [names[message.from] as string, names[message.to] as string];
    const said = { kind, id, from, to, call, body: JSON.parse(body) } as const;
    this.trace.push({ t: this.atMs, node: type === 'deliver' ? to : from, type, ...said });
  }

  /**
   * Finds the messages that are on their way now among those that were: the oldest one of each kind
   * first. What was not there is new.
   */
  private look(): void {
    const known = new Map<string, NumberedMessage[]>();
    for (const message of this.messages) {
      const key = keyOf(message);
      known.set(key, [...(known.get(key) ?? []), message]);
    }
    const fresh: NumberedMessage[] = [];
    this.messages = messagesIn(this.system).map((message) => {
      const before = known.get(keyOf(message))?.shift();
      // A reply whose caller is gone is not there; a request says its call itself.
      if (before !== undefined) return { ...before, ...message };
      const caller = message.kind === 'response' ? message.to : message.from;
      const call = this.calls.get((caller << 6) | message.slot);
      this.sent += 1;
      const isCopy = this.isCopied && message.isHeld;
      const numbered = { ...message, number: this.sent, id: call?.id ?? 0, isCopy };
      if (message.kind === 'response' && !isCopy) fresh.push(numbered);
      return numbered;
    });
    this.isCopied = false;
    for (const message of fresh) this.message('send', message);
  }
}

const textOf = ({ call, body }: PendingMessage) => `${call}\n${body}`;

const keyOf = ({ kind, from, to, body, call }: PendingMessage) =>
  `${kind} ${from} ${to} ${kind === 'response' ? '' : call} ${body}`;
