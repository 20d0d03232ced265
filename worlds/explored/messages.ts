/** Messages, timers and requests of a global state, each packed into a whole number. */
import { noSlot, requestInput, responseInput } from './inputs';

/** Kinds of messages, as inputs are. */
export const messageKind = (message: number): number => message & 7;
export const messageTo = (message: number): number => (message >> 3) & 15;
export const messageFrom = (message: number): number => (message >> 7) & 15;
export const messageSlot = (message: number): number => (message >> 11) & 63;
export function packMessage(kind: number, to: number, from: number, slot: number): number {
  return kind | (to << 3) | (from << 7) | (slot << 11);
}

/** Timers of nodes and time-outs of their calls. */
export const timerKey = (kind: number, node: number, slot: number) =>
  kind | (node << 3) | (slot << 7);
export const timerNode = (key: number) => (key >> 3) & 15;
/** Requests that a node has not answered, and who asks. */
export const requestKey = (node: number, slot: number) => node | (slot << 4);

/** The message that is left when the call that it belongs to has ended; -1: none. */
export function orphaned(message: number, node: number, slot: number): number {
  if (messageSlot(message) !== slot) return message;
  const kind = messageKind(message);
  if (kind === responseInput && messageTo(message) === node) return -1;
  if (kind === requestInput && messageFrom(message) === node) return message | (noSlot << 11);
  return message;
}

export function withoutCaller(message: number, node: number): number {
  const isCall = messageKind(message) === requestInput && messageFrom(message) === node;
  return isCall ? message | (noSlot << 11) : message;
}
