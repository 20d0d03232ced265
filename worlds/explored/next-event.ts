/** The next event of a state, by itself or by choice, and the time that passes until then. */
import { invokeInput, packInput, responseInput, tickInput } from './inputs';
import { messageFrom, messageKind, messageSlot, messageTo, timerNode } from './messages';
import { StateRecord } from './state-record';

/** The kind of the next event; `noEvent`: nothing will ever happen. */
export const messageEvent = 0;
export const timerEvent = 1;
export const tickEvent = 2;
export const noEvent = 3;
/** Somebody asks a client by hand. */
export const handEvent = 4;

/** When nodes have ticks. */
export interface Times {
  readonly tickIntervalMs: number;
  /** A bit for each node that has ticks. */
  readonly ticking: number;
}

export class NextEvent extends StateRecord {
  eventKind: number = noEvent;
  eventIndex = 0;
  eventNode = 0;
  eventInput = 0;

  /** Events since time passed. */
  protected sincePassed = 0;
  private readonly times: Times;

  constructor(nodeCount: number, isTimed: boolean, times: Times) {
    super(nodeCount, isTimed);
    this.times = times;
  }

  override unpack(words: Int32Array, start: number): void {
    super.unpack(words, start);
    this.sincePassed = 0;
  }

  /** Looks what comes next. Lets time pass if nothing else is to happen before. */
  peek(): number {
    const stopped = this.paused;
    const first = this.firstMessage();
    if (first >= 0) {
      this.aimAtMessage(first);
      return messageEvent;
    }
    if (this.dueNow(stopped)) return this.eventKind;
    const delta = this.millisecondsToNext(stopped);
    if (delta < 0) {
      this.eventKind = noEvent;
      return noEvent;
    }
    this.passAll(delta);
    this.dueNow(stopped);
    return this.eventKind;
  }

  protected found(kind: number, index: number, node: number, input: number): number {
    this.eventKind = kind;
    this.eventIndex = index;
    this.eventNode = node;
    this.eventInput = input;
    return kind;
  }

  private dueNow(stopped: number): boolean {
    for (let i = 0; i < this.timerCount; i += 1) {
      if (this.timers[2 * i + 1] !== 0) continue;
      if ((stopped >> timerNode(this.timers[2 * i] as number)) & 1) continue;
      this.aimAtDueTimer(i);
      return true;
    }
    const ticks = this.due & ~stopped;
    if (ticks === 0) return false;
    this.found(tickEvent, 0, 31 - Math.clz32(ticks & -ticks), tickInput);
    return true;
  }

  private millisecondsToNext(stopped: number): number {
    const { ticking, tickIntervalMs } = this.times;
    const hasTicks = (ticking & ~this.down & ~stopped) !== 0;
    let delta = hasTicks ? tickIntervalMs - this.phase : -1;
    for (let i = 0; i < this.timerCount; i += 1) {
      const left = this.timers[2 * i + 1] as number;
      const node = timerNode(this.timers[2 * i] as number);
      if (((stopped >> node) & 1) === 0 && (delta < 0 || left < delta)) delta = left;
    }
    return delta;
  }

  /** Time passes, until the next tick at the most. */
  private pass(delta: number): void {
    const { ticking, tickIntervalMs } = this.times;
    if (delta > 0) this.sincePassed = 0;
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

  // The event that somebody has chosen comes next.

  /** A message on its way, by its place. */
  aimAtMessage(index: number): void {
    const message = this.messages[2 * index] as number;
    const kind = messageKind(message);
    const slot = kind === responseInput ? messageSlot(message) : 0;
    const content = this.messages[2 * index + 1] as number;
    this.found(messageEvent, index, messageTo(message), packInput(kind, slot, content));
  }

  /** A timer, by its place: time passes until it is due. What is due before it comes after it. */
  aimAtTimer(index: number): void {
    this.passAll(this.timers[2 * index + 1] as number);
    this.aimAtDueTimer(index);
  }

  /** The tick of a node: time passes until it is due. */
  aimAtTick(node: number): void {
    if (((this.due >> node) & 1) === 0) this.passAll(this.times.tickIntervalMs - this.phase);
    this.found(tickEvent, 0, node, tickInput);
  }

  /** A client begins an operation that is none of its work. */
  aimAtInvocation(client: number, content: number): void {
    this.found(handEvent, 0, client, packInput(invokeInput, 0, content));
  }

  private aimAtDueTimer(index: number): void {
    const key = this.timers[2 * index] as number;
    this.found(timerEvent, index, timerNode(key), packInput(key & 7, key >> 7, 0));
  }

  private passAll(durationMs: number): void {
    for (let left = durationMs; left > 0; ) {
      const delta = Math.min(left, this.times.tickIntervalMs - this.phase);
      this.pass(delta);
      left -= delta;
    }
  }

  /** The message that would come next, by its place; -1: none can come. */
  firstMessage(): number {
    for (let i = 0; i < this.messageCount; i += 1) {
      if (!this.isStopped(this.messages[2 * i] as number)) return i;
    }
    return -1;
  }

  /** The message cannot arrive now: its receiver is paused, or cut off from its sender. */
  isStopped(message: number): boolean {
    const { paused, cut } = this;
    const to = messageTo(message);
    return (((paused >> to) | ((cut >> to) ^ (cut >> messageFrom(message)))) & 1) === 1;
  }

  get isMessageNext(): boolean {
    return this.eventKind === messageEvent;
  }

  get isInvokedNext(): boolean {
    return this.eventKind === handEvent;
  }

  /** The message that is the next event. */
  eventMessage() {
    const message = this.messages[2 * this.eventIndex] as number;
    return { from: messageFrom(message), kind: messageKind(message), slot: messageSlot(message) };
  }
}
