/**
 * The state of the whole system in a few dozen whole numbers, and what each event makes of it. Next
 * comes always what would come without faults: the oldest message; when there is none, the timer or
 * the tick that is due; when none is due, time passes. All else is a choice (see `choices.ts`).
 */

import { failureOfBug } from '../../judging/failure';
import { endlessBug } from '../../runtime/node-bug';
import type { ClientHistories } from './client-histories';
import { FaultyState } from './faulty-state';
import { rpcTimeoutMs } from './incarnations';
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
  timeoutInput,
  timerInput,
  timerOutput,
} from './inputs';
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
  timerNode,
  withoutCaller,
} from './messages';
import { handEvent, messageEvent, type Times, timerEvent } from './next-event';
import { room, tooMuch } from './state-record';

/** The result of an event that happened. */
export const done = 0;
/** The code of a node has to run first: see `missingState` and `missingInput`. */
export const missing = 1;
/** The result of an event that broke a rule: see `transition`. */
export const violation = 2;

/** The most events at one moment: far more than the few operations of a small system cause. */
const maxEventsAtOnce = 5_000;

/** More are not counted. */
const mostCrashes = 7;

export interface SystemSpec extends Times {
  readonly locals: LocalStates;
  readonly histories: ClientHistories;
  readonly nodeCount: number;
  /** The numbers of the first server and of the first client; clients stand last. */
  readonly firstServer: number;
  readonly firstClient: number;
  /** The text of each operation of each client. */
  readonly invocations: readonly (readonly number[])[];
  /** A bit for each node that is told the time before each input. */
  readonly timed: number;
  /** The value of `returned` when the clients have done their work. */
  readonly workMask: number;
  readonly workDone: number;
}

export class GlobalState extends FaultyState {
  // The last one.
  transition = -1;
  /** The result of the operation that returned last: the number of its text. */
  lastResult = 0;
  missingState = 0;
  missingInput = 0;
  /** True: the event changed what the clients or the view service show. */
  isLandmark = false;
  readonly spec: SystemSpec;

  constructor(spec: SystemSpec) {
    super(spec.nodeCount, spec.timed !== 0, spec);
    this.spec = spec;
  }

  /** All nodes are about to start; clients have nothing to do yet. */
  reset(): void {
    const { locals, histories, nodeCount } = this.spec;
    this.messageCount = this.heldCount = this.timerCount = this.requestCount = 0;
    this.phase = this.due = this.paused = this.down = this.cut = this.byHand = 0;
    this.crashes = this.excused = 0;
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
    return (this.returned & this.spec.workMask) === this.spec.workDone && this.byHand === 0;
  }

  operationsReturned(client: number): number {
    return (this.returned >> (4 * (client - this.spec.firstClient))) & 15;
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
        this.history = this.spec.histories.invoked(this.history, client, input >>> 9);
      }
    } else if (this.eventKind === timerEvent) {
      this.removeTimer(this.eventIndex);
      if (kind === timeoutInput) this.endCall(node, input >> 3);
    } else if (this.eventKind === handEvent) {
      this.invokedByHand(node, input >>> 9);
    } else {
      this.due &= ~(1 << node);
    }
    this.carryOut(node, transition);
    if (locals.restartClaims.size > 0 && locals.restartClaims.has(transition)) {
      // Nobody did: it is a late copy of the very first ping, and the view service cannot tell. Where
      // nobody else has the data for sure, it is as good as the crash of the only copy.
      if (this.crashes === 0 || locals.lossClaims.has(transition)) this.excused = 1;
    }
    this.sincePassed += 1;
    if (this.sincePassed > maxEventsAtOnce) this.noteEndless(node);
    return locals.violations.size > 0 && locals.violations.has(transition) ? violation : done;
  }

  /** Time does not pass any more: who got the last of so many events is not at rest. */
  private noteEndless(node: number): void {
    const { locals } = this.spec;
    const { name } = locals.options.nodes[node] as { readonly name: string };
    const many = maxEventsAtOnce.toLocaleString('en-US');
    const message = `events without an end: ${many} at ${this.now} ms, the last of them at ${name}`;
    const where = this.eventKind === timerEvent ? 'a timer' : 'a message';
    locals.violations.set(this.transition, failureOfBug(name, endlessBug(where, message)));
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
    if ((this.byHand >> node) & 1) this.byHand &= ~(1 << node);
    else this.returned += 1 << (4 * client);
    this.lastResult = content;
    this.isLandmark = true;
    this.enqueueInvocation(node);
  }

  /** The operations that the client does by itself come after this one. */
  private invokedByHand(node: number, content: number): void {
    this.dropMessages((one) => messageKind(one) === invokeInput && messageTo(one) === node);
    this.byHand |= 1 << node;
    this.history = this.spec.histories.invoked(this.history, node - this.spec.firstClient, content);
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

  crash(node: number): void {
    this.down |= 1 << node;
    this.paused &= ~(1 << node);
    this.due &= ~(1 << node);
    this.crashes = Math.min(mostCrashes, this.crashes + 1);
    this.ids[node] = this.spec.locals.blank(node, true);
    for (let i = this.timerCount - 1; i >= 0; i -= 1) {
      if (timerNode(this.timers[2 * i] as number) === node) this.removeTimer(i);
    }
    this.forgetRequests((request) => (request & 15) === node || ((request >> 10) & 15) === node);
    this.dropMessages((message) => messageTo(message) === node);
    // Requests of the node are on their way all the same, and may take effect.
    for (let i = 0; i < this.messageCount; i += 1) {
      this.messages[2 * i] = withoutCaller(this.messages[2 * i] as number, node);
    }
    for (let i = 0; i < this.heldCount; i += 1) {
      this.held[4 * i] = withoutCaller(this.held[4 * i] as number, node);
    }
  }

  restart(node: number): void {
    this.down &= ~(1 << node);
    // Messages that the earlier incarnation had in flight go down with its connections.
    this.dropMessages((message) => messageFrom(message) === node);
    this.addMessage(packMessage(startInput, node, node, noSlot), 0);
  }
}
