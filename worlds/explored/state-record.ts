/**
 * The numbers that make up a state of the whole system, and how they are packed into one row of
 * words. What happens to them is the business of `GlobalState`.
 */
import { BeyondExplorer } from './incarnations';

/** Room for messages, timers and requests of one state. */
export const room = 96;
/** In the first word: there is a word for what is cut off and what was asked by hand. */
const marked = 1 << 7;
/** Words of the largest state. */
const maxStateWords = 17 + 4 + 2 * room + 4 * room + 2 * room + room;

export class StateRecord {
  readonly ids = new Int32Array(16);
  messageCount = 0;
  readonly messages = new Int32Array(2 * room);
  heldCount = 0;
  /** For each: the message, its text, and the two states of the receiver not to release it in. */
  readonly held = new Int32Array(4 * room);
  timerCount = 0;
  /** For each: the key and the milliseconds left. */
  readonly timers = new Int32Array(2 * room);
  requestCount = 0;
  /** For each: the key, then 4 bits caller and 6 bits slot. */
  readonly requests = new Int32Array(room);
  /** Milliseconds since the last tick. */
  phase = 0;
  /** By bits: nodes whose tick is due, paused ones, ones that are down. */
  due = 0;
  paused = 0;
  down = 0;
  /** By bits: nothing gets from these nodes to the others, or back; 0: all reach all. */
  cut = 0;
  /** By bits: clients whose operation under way is none of their work, but was asked by hand. */
  byHand = 0;
  crashes = 0;
  /** 1: not everybody needs to finish any more, as the only copy of the state may be lost. */
  excused = 0;
  history = 0;
  /** How many operations of each client have returned, 4 bits each. */
  returned = 0;

  /** Milliseconds since the start; part of the state only where nodes are told. */
  now = 0;

  low = 0;
  high = 0;
  readonly packed = new Int32Array(maxStateWords);
  private readonly nodeCount: number;
  /** Nodes can tell what time it is. */
  private readonly isTimed: boolean;

  constructor(nodeCount: number, isTimed: boolean) {
    this.nodeCount = nodeCount;
    this.isTimed = isTimed;
  }

  // Lists

  protected addMessage(message: number, content: number): void {
    if (this.messageCount >= room) throw tooMuch('messages');
    this.messages[2 * this.messageCount] = message;
    this.messages[2 * this.messageCount + 1] = content;
    this.messageCount += 1;
  }

  protected removeMessage(index: number): void {
    this.messageCount -= 1;
    const { messages } = this;
    for (let i = 2 * index; i < 2 * this.messageCount; i += 1) {
      messages[i] = messages[i + 2] as number;
    }
  }

  protected dropMessages(isDropped: (message: number) => boolean): void {
    for (let i = this.messageCount - 1; i >= 0; i -= 1) {
      if (isDropped(this.messages[2 * i] as number)) this.removeMessage(i);
    }
    for (let i = this.heldCount - 1; i >= 0; i -= 1) {
      if (isDropped(this.held[4 * i] as number)) this.removeHeld(i);
    }
  }

  /** Held messages stand in an order of their own: which was held first is past. */
  protected addHeld(message: number, content: number, state: number): void {
    if (this.heldCount >= room) throw tooMuch('messages');
    const { held } = this;
    let at = this.heldCount;
    for (; at > 0; at -= 1) {
      const other = held[4 * (at - 1)] as number;
      if (other < message || (other === message && (held[4 * at - 3] as number) <= content)) break;
      held.copyWithin(4 * at, 4 * at - 4, 4 * at);
    }
    held[4 * at] = message;
    held[4 * at + 1] = content;
    held[4 * at + 2] = state;
    held[4 * at + 3] = state;
    this.heldCount += 1;
  }

  protected removeHeld(index: number): void {
    this.heldCount -= 1;
    this.held.copyWithin(4 * index, 4 * index + 4, 4 * this.heldCount + 4);
  }

  protected addTimer(key: number, durationMs: number): void {
    if (this.timerCount >= room) throw tooMuch('timers');
    const { timers } = this;
    let at = this.timerCount;
    for (; at > 0 && (timers[2 * at - 2] as number) > key; at -= 1) {
      timers[2 * at] = timers[2 * at - 2] as number;
      timers[2 * at + 1] = timers[2 * at - 1] as number;
    }
    timers[2 * at] = key;
    timers[2 * at + 1] = durationMs;
    this.timerCount += 1;
  }

  protected removeTimerOf(key: number): void {
    for (let i = 0; i < this.timerCount; i += 1) {
      if (this.timers[2 * i] === key) {
        this.removeTimer(i);
        return;
      }
    }
  }

  protected removeTimer(index: number): void {
    this.timerCount -= 1;
    const { timers } = this;
    for (let i = 2 * index; i < 2 * this.timerCount; i += 1) timers[i] = timers[i + 2] as number;
  }

  // Packing

  /** Writes the state into `packed`; returns how many words. */
  pack(): number {
    const { packed } = this;
    const { nodeCount } = this;
    let at = 0;
    // Words that searches rarely need are there only when they say something.
    const isMarked = (this.cut | this.byHand) !== 0;
    packed[at++] =
      this.messageCount |
      (isMarked ? marked : 0) |
      (this.heldCount << 8) |
      (this.timerCount << 16) |
      (this.requestCount << 24);
    packed[at++] = this.phase | (this.due << 16);
    packed[at++] = this.paused | (this.down << 16);
    packed[at++] = this.returned;
    packed[at++] = (this.history << 4) | (this.crashes << 1) | this.excused;
    if (isMarked) packed[at++] = this.cut | (this.byHand << 16);
    if (this.isTimed) packed[at++] = this.now;
    for (let i = 0; i < nodeCount; i += 1) packed[at++] = this.ids[i] as number;
    for (let i = 0; i < 2 * this.messageCount; i += 1) packed[at++] = this.messages[i] as number;
    for (let i = 0; i < 4 * this.heldCount; i += 1) packed[at++] = this.held[i] as number;
    for (let i = 0; i < 2 * this.timerCount; i += 1) packed[at++] = this.timers[i] as number;
    for (let i = 0; i < this.requestCount; i += 1) packed[at++] = this.requests[i] as number;
    return at;
  }

  unpack(words: Int32Array, start: number): void {
    let at = start;
    const counts = words[at++] as number;
    this.messageCount = counts & (marked - 1);
    this.heldCount = (counts >> 8) & 255;
    this.timerCount = (counts >> 16) & 255;
    this.requestCount = counts >>> 24;
    const times = words[at++] as number;
    this.phase = times & 0xffff;
    this.due = times >>> 16;
    const bits = words[at++] as number;
    this.paused = bits & 0xffff;
    this.down = bits >>> 16;
    this.returned = words[at++] as number;
    const rest = words[at++] as number;
    this.history = rest >>> 4;
    this.crashes = (rest >> 1) & 7;
    this.excused = rest & 1;
    const marks = (counts & marked) === 0 ? 0 : (words[at++] as number);
    this.cut = marks & 0xffff;
    this.byHand = marks >>> 16;
    const { nodeCount } = this;
    if (this.isTimed) this.now = words[at++] as number;
    for (let i = 0; i < nodeCount; i += 1) this.ids[i] = words[at++] as number;
    for (let i = 0; i < 2 * this.messageCount; i += 1) this.messages[i] = words[at++] as number;
    for (let i = 0; i < 4 * this.heldCount; i += 1) this.held[i] = words[at++] as number;
    for (let i = 0; i < 2 * this.timerCount; i += 1) this.timers[i] = words[at++] as number;
    for (let i = 0; i < this.requestCount; i += 1) this.requests[i] = words[at++] as number;
  }

  /** Packs the state and sets `low` and `high` to its hash. Returns how many words it has. */
  hash(extra = 0): number {
    const count = this.pack();
    const { packed } = this;
    let low = 0x2545f491 ^ extra;
    let high = 0x6c62272e + count;
    for (let i = 0; i < count; i += 1) {
      const word = packed[i] as number;
      low = Math.imul(low ^ word, 0x85ebca6b);
      low ^= low >>> 13;
      high = Math.imul(high + word, 0xc2b2ae35);
      high = (high << 15) | (high >>> 17);
    }
    low ^= low >>> 16;
    low = Math.imul(low, 0x2c1b3c6d) ^ high;
    high ^= high >>> 15;
    high = Math.imul(high, 0x297a2d39);
    high ^= high >>> 13;
    low ^= low >>> 12;
    this.low = low === 0 ? 1 : low;
    this.high = high;
    return count;
  }
}

export function tooMuch(what: string): BeyondExplorer {
  return new BeyondExplorer(`there are more than ${room} ${what} at a time`);
}
