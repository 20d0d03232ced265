/** Pending messages and timers in the state of a system, in words. */

import { split } from './incarnations';
import { invokeInput, responseInput, startInput, timeoutInput } from './inputs';
import { messageFrom, messageKind, messageSlot, messageTo, timerNode } from './messages';
import { heldPlace } from './moves';
import type { System } from './system';

export interface PendingMessage {
  /** See `packMove`. */
  readonly place: number;
  /** `start` and `invoke` come from outside: a node is to start, a client to do its next operation. */
  readonly kind: 'request' | 'response' | 'start' | 'invoke';
  /** The numbers of sender and receiver. */
  readonly from: number;
  readonly to: number;
  readonly slot: number;
  /** `Service.method`, or the name of the operation. */
  readonly call: string;
  /** JSON; of a start nothing. */
  readonly body: string;
  /** True: the message waits until it is released. */
  readonly isHeld: boolean;
}

export interface PendingTimer {
  readonly index: number;
  readonly node: number;
  /** The call that gives up waiting then: whom it is to, and what; undefined: it is the node's own. */
  readonly call: { readonly to: number; readonly call: string } | undefined;
  readonly leftMs: number;
}

/** First those on their way, in order, then those held back, by their slots and texts. */
export function messagesIn(system: System): PendingMessage[] {
  const { state } = system;
  const onTheirWay = Array.from({ length: state.messageCount }, (_, index) =>
    read(
      system,
      index,
      state.messages[2 * index] as number,
      state.messages[2 * index + 1] as number,
    ),
  );
  const held = Array.from({ length: state.heldCount }, (_, index) =>
    read(
      system,
      heldPlace + index,
      state.held[4 * index] as number,
      state.held[4 * index + 1] as number,
    ),
  );
  // The numbers of texts differ from run to run.
  held.sort((a, b) => a.slot - b.slot || compare(a.call, b.call) || compare(a.body, b.body));
  return [...onTheirWay, ...held];
}

function read(
  { state, locals, paths }: System,
  place: number,
  message: number,
  content: number,
): PendingMessage {
  const [from, to, slot] = [messageFrom(message), messageTo(message), messageSlot(message)];
  const common = { place, from, to, slot, isHeld: place >= heldPlace };
  const kind = messageKind(message);
  if (kind === startInput) return { ...common, kind: 'start', call: 'start', body: '' };
  const text = locals.contents.text(content);
  if (kind === responseInput) {
    const call = paths.callsIn(state.ids[to] as number).get(slot)?.call ?? 'late.reply';
    return { ...common, kind: 'response', call, body: text };
  }
  const [call, body] = split(text);
  return { ...common, kind: kind === invokeInput ? 'invoke' : 'request', call, body };
}

export function timersIn({ state, paths }: System): PendingTimer[] {
  return Array.from({ length: state.timerCount }, (_, index) => {
    const key = state.timers[2 * index] as number;
    const node = timerNode(key);
    const isTimeout = (key & 7) === timeoutInput;
    const call = isTimeout ? paths.callsIn(state.ids[node] as number).get(key >> 7) : undefined;
    return { index, node, call, leftMs: state.timers[2 * index + 1] as number };
  });
}

/** True: the node is about to start: until it has, nothing else happens to it. */
export function isStarting({ state }: System, node: number): boolean {
  for (let i = 0; i < state.messageCount; i += 1) {
    const message = state.messages[2 * i] as number;
    if (messageKind(message) === startInput && messageTo(message) === node) return true;
  }
  return false;
}

export function isRunning(system: System, node: number): boolean {
  return ((system.state.down >> node) & 1) === 0 && !isStarting(system, node);
}

export const isPaused = ({ state }: System, node: number): boolean =>
  ((state.paused >> node) & 1) === 1;

/** The nodes on one side of the cut, by number. */
export function sideOf({ names }: System, cut: number): number[] {
  return [...names.keys()].filter((node) => ((cut >> node) & 1) === 1);
}

/** `forward` of `PbService.forward`. */
export const methodOf = (call: string): string => call.slice(call.indexOf('.') + 1);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
