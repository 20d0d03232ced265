/**
 * The state of the whole system in a few dozen whole numbers, and what each event makes of it. Next
 * comes always what would come without faults: the oldest message; when there is none, the timer or
 * the tick that is due; when none is due, time passes. All else is a choice (see `choices.ts`).
 */

import type { ClientHistories } from './client-histories';
import {
  cancelOutput,
  clockInput,
  invokeInput,
  isUntimed,
  nobody,
  noSlot,
  outputKind,
  outputSlot,
  outputTo,
  packInput,
  requestInput,
  requestOutput,
  responseInput,
  responseOutput,
  returnOutput,
  startInput,
  tickInput,
  timeoutInput,
  timerInput,
  timerOutput,
} from './inputs';
import { rpcTimeoutMs } from './lives';
import type { LocalStates } from './local-states';
import {
  messageFrom,
  messageKind,
  messageSlot,
  messageTo,
  orphaned,
  packMessage,
  requestKey,
  timerKey,
  withoutCaller,
} from './messages';
import { room, StateRecord, tooMuch } from './state-record';

/** What came of an event: it happened. */
export const done = 0;
/** The code of a node has to run first: see `missingState` and `missingInput`. */
export const missing = 1;
/** It broke a rule: see `transition`. */
export const violation = 2;

/** What the next event is; `noEvent`: nothing will ever happen. */
export const messageEvent = 0;
export const timerEvent = 1;
export const tickEvent = 2;
export const noEvent = 3;

export interface SystemSpec {
  readonly locals: LocalStates;
  readonly histories: ClientHistories;
  readonly nodeCount: number;
  /** The number of the first client; clients stand last. */
  readonly firstClient: number;
  /** The text of each operation of each client. */
  readonly invocations: readonly (readonly number[])[];
  readonly tickIntervalMs: number;
  /** A bit for each node that has ticks. */
  readonly ticking: number;
  /** A bit for each node that is told the time before each input. */
  readonly timed: number;
  /** What `returned` is when the clients have done their work. */
  readonly workMask: number;
  readonly workDone: number;
}

export class GlobalState extends StateRecord {
  // The next event.
  eventKind: number = noEvent;
  eventIndex = 0;
  eventNode = 0;
  eventInput = 0;

  // The last one.
  transition = -1;
  /** What the operation returned that returned last: the number of its text. */
  lastResult = 0;
  missingState = 0;
  missingInput = 0;
  /** It changed what the clients or the view service show. */
  isLandmark = false;

  readonly spec: SystemSpec;

  constructor(spec: SystemSpec) {
    super(spec.nodeCount, spec.timed !== 0);
    this.spec = spec;
  }

  /** All nodes are about to start; clients have nothing to do yet. */
  reset(): void {
    const { locals, histories, nodeCount } = this.spec;
    this.messageCount = this.heldCount = this.timerCount = this.requestCount = 0;
    this.phase = this.due = this.paused = this.down = this.crashes = this.excused = 0;
    this.returned = this.now = 0;
    this.history = histories.empty;
    for (let node = 0; node < nodeCount; node += 1) {
      this.ids[node] = locals.blank(node, false);
      this.addMessage(packMessage(startInput, node, node, noSlot), 0);
    }
  }

  /** Has a client invoke its next operation, as an event of its own. */
  enqueueInvocation(client: number): void {
    const { invocations, firstClient } = this.spec;
    const next = (this.returned >> (4 * (client - firstClient))) & 15;
    const content = invocations[client - firstClient]?.[next];
    if (content === undefined) return;
    this.addMessage(packMessage(invokeInput, client, client, noSlot), content);
  }

  /** Every client has done its work; the one that only reads in the end does not count. */
  get isFinished(): boolean {
    return (this.returned & this.spec.workMask) === this.spec.workDone;
  }

  operationsReturned(client: number): number {
    return (this.returned >> (4 * (client - this.spec.firstClient))) & 15;
  }

  /** Looks what comes next. Lets time pass if nothing else is to happen before. */
  peek(): number {
    const stopped = this.paused;
    for (let i = 0; i < this.messageCount; i += 1) {
      const message = this.messages[2 * i] as number;
      const to = messageTo(message);
      if ((stopped >> to) & 1) continue;
      const slot = messageKind(message) === responseInput ? messageSlot(message) : 0;
      const content = this.messages[2 * i + 1] as number;
      return this.found(messageEvent, i, to, packInput(messageKind(message), slot, content));
    }
    if (this.dueNow(stopped)) return this.eventKind;
    const delta = this.millisecondsToNext(stopped);
    if (delta < 0) {
      this.eventKind = noEvent;
      return noEvent;
    }
    this.pass(delta);
    this.dueNow(stopped);
    return this.eventKind;
  }

  private found(kind: number, index: number, node: number, input: number): number {
    this.eventKind = kind;
    this.eventIndex = index;
    this.eventNode = node;
    this.eventInput = input;
    return kind;
  }

  private dueNow(stopped: number): boolean {
    for (let i = 0; i < this.timerCount; i += 1) {
      if (this.timers[2 * i + 1] !== 0) continue;
      const key = this.timers[2 * i] as number;
      const node = (key >> 3) & 15;
      if ((stopped >> node) & 1) continue;
      this.found(timerEvent, i, node, packInput(key & 7, key >> 7, 0));
      return true;
    }
    const ticks = this.due & ~stopped;
    if (ticks === 0) return false;
    this.found(tickEvent, 0, 31 - Math.clz32(ticks & -ticks), tickInput);
    return true;
  }

  private millisecondsToNext(stopped: number): number {
    const { ticking, tickIntervalMs } = this.spec;
    const hasTicks = (ticking & ~this.down & ~stopped) !== 0;
    let delta = hasTicks ? tickIntervalMs - this.phase : -1;
    for (let i = 0; i < this.timerCount; i += 1) {
      const left = this.timers[2 * i + 1] as number;
      const node = ((this.timers[2 * i] as number) >> 3) & 15;
      if (((stopped >> node) & 1) === 0 && (delta < 0 || left < delta)) delta = left;
    }
    return delta;
  }

  private pass(delta: number): void {
    const { ticking, tickIntervalMs } = this.spec;
    this.now += delta;
    this.phase += delta;
    if (this.phase >= tickIntervalMs) {
      this.phase -= tickIntervalMs;
      this.due |= ticking & ~this.down;
    }
    for (let i = 0; i < this.timerCount; i += 1) {
      const left = this.timers[2 * i + 1] as number;
      // Timers of paused nodes are overdue.
      this.timers[2 * i + 1] = left > delta ? left - delta : 0;
    }
  }

  /** Has the event happen that `peek` found. Changes nothing when it is not `done`. */
  apply(): number {
    const { locals } = this.spec;
    const node = this.eventNode;
    const input = this.eventInput;
    if ((this.spec.timed >> node) & 1 && !this.tellTime(node)) return missing;
    const before = this.ids[node] as number;
    const transition = locals.transitions.get(before, input);
    if (transition < 0) {
      this.missingState = before;
      this.missingInput = input;
      return missing;
    }
    this.transition = transition;
    const after = locals.next.words[transition] as number;
    this.isLandmark = locals.observations.words[before] !== locals.observations.words[after];
    this.ids[node] = after;
    const kind = input & 7;
    if (this.eventKind === messageEvent) {
      const message = this.messages[2 * this.eventIndex] as number;
      this.removeMessage(this.eventIndex);
      if (kind === requestInput) this.addRequest(node, message);
      else if (kind === responseInput) this.endCall(node, messageSlot(message));
      else if (kind === invokeInput) {
        const client = node - this.spec.firstClient;
        this.history = this.spec.histories.invoked(this.history, client);
      }
    } else if (this.eventKind === timerEvent) {
      this.removeTimer(this.eventIndex);
      if (kind === timeoutInput) this.endCall(node, input >> 3);
    } else {
      this.due &= ~(1 << node);
    }
    this.carryOut(node, transition);
    // Nobody did: it is a late copy of the very first ping, and the view service cannot tell.
    if (
      locals.restartClaims.size > 0 &&
      this.crashes === 0 &&
      locals.restartClaims.has(transition)
    ) {
      this.excused = 1;
    }
    return locals.violations.size > 0 && locals.violations.has(transition) ? violation : done;
  }

  /** The clock of the node shows what time it is; false: its code has to be asked first. */
  private tellTime(node: number): boolean {
    const { locals } = this.spec;
    const before = this.ids[node] as number;
    if (locals.clocks.words[before] === this.now) return true;
    const input = packInput(clockInput, 0, this.now);
    const transition = locals.transitions.get(before, input);
    if (transition < 0) {
      this.missingState = before;
      this.missingInput = input;
      return false;
    }
    this.ids[node] = locals.next.words[transition] as number;
    return true;
  }

  private carryOut(node: number, transition: number): void {
    const { locals } = this.spec;
    const starts = locals.outputStarts.words;
    const words = locals.outputs.words;
    const end = starts[transition + 1] as number;
    for (let at = starts[transition] as number; at < end; at += 2) {
      const word = words[at] as number;
      const content = words[at + 1] as number;
      const slot = outputSlot(word);
      switch (outputKind(word)) {
        case requestOutput: {
          const to = outputTo(word);
          if (!isUntimed(word)) this.addTimer(timerKey(timeoutInput, node, slot), rpcTimeoutMs);
          // Nobody is there: nothing comes back.
          if (to === nobody || (this.down >> to) & 1) break;
          this.addMessage(packMessage(requestInput, to, node, slot), content);
          break;
        }
        case responseOutput:
          this.answer(node, slot, content);
          break;
        case timerOutput:
          this.addTimer(timerKey(timerInput, node, slot), content);
          break;
        case cancelOutput:
          this.removeTimerOf(timerKey(timerInput, node, slot));
          break;
        case returnOutput:
          this.completed(node, content);
          break;
      }
    }
  }

  private completed(node: number, content: number): void {
    const client = node - this.spec.firstClient;
    this.history = this.spec.histories.returned(this.history, client, content);
    this.returned += 1 << (4 * client);
    this.lastResult = content;
    this.isLandmark = true;
    this.enqueueInvocation(node);
  }

  private answer(node: number, slot: number, content: number): void {
    const key = requestKey(node, slot);
    for (let i = 0; i < this.requestCount; i += 1) {
      const request = this.requests[i] as number;
      if ((request & 0x3ff) !== key) continue;
      this.requestCount -= 1;
      for (let j = i; j < this.requestCount; j += 1) {
        this.requests[j] = this.requests[j + 1] as number;
      }
      const caller = (request >> 10) & 15;
      this.addMessage(packMessage(responseInput, caller, node, request >> 14), content);
      return;
    }
  }

  /** A node begins with a request; it takes its lowest free slot, as the node itself does. */
  private addRequest(node: number, message: number): void {
    const slot = this.spec.locals.requestSlots.words[this.transition] as number;
    if (messageSlot(message) === noSlot) return;
    const key = requestKey(node, slot);
    let at = this.requestCount;
    for (; at > 0 && ((this.requests[at - 1] as number) & 0x3ff) > key; at -= 1) {
      this.requests[at] = this.requests[at - 1] as number;
    }
    this.requests[at] = key | (messageFrom(message) << 10) | (messageSlot(message) << 14);
    this.requestCount += 1;
    if (this.requestCount >= room) throw tooMuch('requests');
  }

  /** A call of the node has ended: nobody waits for what still comes of it. */
  private endCall(node: number, slot: number): void {
    this.removeTimerOf(timerKey(timeoutInput, node, slot));
    for (let i = this.messageCount - 1; i >= 0; i -= 1) {
      const orphan = orphaned(this.messages[2 * i] as number, node, slot);
      if (orphan < 0) this.removeMessage(i);
      else this.messages[2 * i] = orphan;
    }
    for (let i = this.heldCount - 1; i >= 0; i -= 1) {
      const orphan = orphaned(this.held[4 * i] as number, node, slot);
      if (orphan < 0) this.removeHeld(i);
      else this.held[4 * i] = orphan;
    }
    this.forgetRequests((request) => request >> 10 === (node | (slot << 4)));
  }

  private forgetRequests(isForgotten: (request: number) => boolean): void {
    let kept = 0;
    for (let i = 0; i < this.requestCount; i += 1) {
      const request = this.requests[i] as number;
      if (!isForgotten(request)) this.requests[kept++] = request;
    }
    this.requestCount = kept;
  }

  // Choices: what may happen instead of the next event, or besides.

  /** The next event, a message, waits until it is released. */
  holdNext(): void {
    const message = this.messages[2 * this.eventIndex] as number;
    const content = this.messages[2 * this.eventIndex + 1] as number;
    this.removeMessage(this.eventIndex);
    this.addHeld(message, content, this.ids[this.eventNode] as number);
  }

  /** The next event, a message, will come once more. */
  duplicateNext(): void {
    const message = this.messages[2 * this.eventIndex] as number;
    const content = this.messages[2 * this.eventIndex + 1] as number;
    this.addHeld(message, content, this.ids[this.eventNode] as number);
  }

  release(index: number): void {
    const message = this.held[4 * index] as number;
    const content = this.held[4 * index + 1] as number;
    this.removeHeld(index);
    this.addMessage(message, content);
    // It comes before all that is on its way.
    const last = 2 * (this.messageCount - 1);
    this.messages.copyWithin(2, 0, last);
    this.messages[0] = message;
    this.messages[1] = content;
  }

  pause(node: number): void {
    this.paused |= 1 << node;
  }

  resume(node: number): void {
    this.paused &= ~(1 << node);
  }

  crash(node: number): void {
    this.down |= 1 << node;
    this.paused &= ~(1 << node);
    this.due &= ~(1 << node);
    this.crashes += 1;
    this.ids[node] = this.spec.locals.blank(node, true);
    for (let i = this.timerCount - 1; i >= 0; i -= 1) {
      if ((((this.timers[2 * i] as number) >> 3) & 15) === node) this.removeTimer(i);
    }
    this.forgetRequests((request) => (request & 15) === node || ((request >> 10) & 15) === node);
    this.dropMessages((message) => messageTo(message) === node);
    // Its requests are on their way all the same, and may take effect.
    for (let i = 0; i < this.messageCount; i += 1) {
      this.messages[2 * i] = withoutCaller(this.messages[2 * i] as number, node);
    }
    for (let i = 0; i < this.heldCount; i += 1) {
      this.held[4 * i] = withoutCaller(this.held[4 * i] as number, node);
    }
  }

  restart(node: number): void {
    this.down &= ~(1 << node);
    // What the earlier life had in flight goes down with its connections.
    this.dropMessages((message) => messageFrom(message) === node);
    this.addMessage(packMessage(startInput, node, node, noSlot), 0);
  }

  /** The faults are over: everything held back comes, everybody goes on; who is down stays down. */
  heal(): void {
    while (this.heldCount > 0) {
      const message = this.held[0] as number;
      const content = this.held[1] as number;
      this.removeHeld(0);
      this.addMessage(message, content);
    }
    this.paused = 0;
  }

  /** Who may be released: the message is for `node`, whose state differs from those seen before. */
  mayRelease(index: number, node: number): boolean {
    const at = 4 * index;
    if (messageTo(this.held[at] as number) !== node) return false;
    const id = this.ids[node] as number;
    return id !== this.held[at + 2] && id !== this.held[at + 3];
  }

  /** The opportunity has been considered. */
  considered(index: number): void {
    const node = messageTo(this.held[4 * index] as number);
    this.held[4 * index + 3] = this.ids[node] as number;
  }

  isHeldInvocation(index: number): boolean {
    return messageKind(this.held[4 * index] as number) === invokeInput;
  }

  get isMessageNext(): boolean {
    return this.eventKind === messageEvent;
  }

  /** The message that is the next event. */
  eventMessage() {
    const message = this.messages[2 * this.eventIndex] as number;
    return { from: messageFrom(message), kind: messageKind(message), slot: messageSlot(message) };
  }

  heldMessage(index: number) {
    const message = this.held[4 * index] as number;
    const content = this.held[4 * index + 1] as number;
    const kind = messageKind(message);
    const slot = messageSlot(message);
    return { from: messageFrom(message), to: messageTo(message), kind, slot, content };
  }
}
