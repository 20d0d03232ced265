/** The faults of a sweep: each of them strikes as one message is about to arrive. */

import type { FaultName } from '../../../runtime/fault-words';
import type { Address } from '../../../runtime/node';
import type { Arriving, Arrival as Fate } from '../../../worlds/simulated/delivery';
import type { World } from '../../../worlds/world';

/** The part of the language of a lab that a sweep needs. */
export interface Struck {
  readonly world: World;
  isServer(name: Address): boolean;
  /** Whether the data would survive the crash of this server. */
  isSpare(server: Address): boolean;
  crashAnyway(server: Address): void;
  restart(server: Address): void;
  pause(server: Address): void;
  resume(server: Address): void;
  cut(a: Address, b: Address): void;
  mend(a: Address, b: Address): void;
  sleep(durationMs: number): Promise<void>;
  /** Waits until the work is done; fails when a client is stuck. */
  finish(work: Promise<unknown>): Promise<void>;
}

/**
 * What may happen as a message is about to arrive: to itself, its receiver, its sender, or the link. A
 * delay is short; a hold is long.
 */
export const sweptFaults = [
  ...(['drop', 'duplicate', 'delay', 'hold'] as const),
  ...(['crash', 'bounce', 'orphan', 'pause', 'cut'] as const),
] as const satisfies readonly FaultName[];
export type SweptFault = (typeof sweptFaults)[number];

/** A copy, or a message that is delayed a little, comes when others have overtaken it. */
const shortMs = 30;
/** Calls have timed out by then, and a server that says nothing counts as dead. */
const longMs = 900;
/** How long a server is paused, or a link cut, unless the sweep says otherwise. */
export const usualSilenceMs = longMs;
/** Until then somebody else has taken over from a server that is down. */
const downMs = 1_500;

function isUp(lab: Struck, name: string): boolean {
  return lab.isServer(name) && lab.world.isRunning(name);
}

/** The faults that may strike as this message arrives. */
export function faultsOf(lab: Struck, { to, from }: Arriving): readonly SweptFault[] {
  const isServer = lab.isServer(to);
  const isRunning = isUp(lab, to);
  return sweptFaults.filter((word) => {
    if (word === 'crash' || word === 'bounce') return isRunning && lab.isSpare(to);
    if (word === 'orphan') return isUp(lab, from) && lab.isSpare(from);
    if (word === 'pause') return isRunning;
    // From a client to a server is as good as the loss of the messages between them.
    if (word === 'cut') return lab.isServer(from) || isServer;
    return true;
  });
}

/** Has it strike; what becomes of the message, and when the fault has ended. */
export function strike(
  lab: Struck,
  word: SweptFault,
  { from, to }: Arriving,
  silenceMs: number,
): { readonly fate: Fate | undefined; readonly ended: Promise<void> } {
  const ended = Promise.resolve();
  switch (word) {
    case 'drop':
      return { fate: { type: 'drop' }, ended };
    case 'duplicate':
      return { fate: { type: 'duplicate', afterMs: shortMs }, ended };
    case 'delay':
      return { fate: { type: 'delay', afterMs: shortMs }, ended: lab.sleep(shortMs) };
    case 'hold':
      return { fate: { type: 'delay', afterMs: longMs }, ended: lab.sleep(longMs) };
    case 'crash':
      lab.crashAnyway(to);
      return { fate: undefined, ended: lab.sleep(downMs).then(() => lab.restart(to)) };
    case 'orphan':
      lab.crashAnyway(from);
      return { fate: { type: 'drop' }, ended: lab.sleep(downMs).then(() => lab.restart(from)) };
    case 'bounce':
      lab.crashAnyway(to);
      lab.restart(to);
      return { fate: undefined, ended };
    case 'pause':
      lab.pause(to);
      return { fate: undefined, ended: lab.sleep(silenceMs).then(() => lab.resume(to)) };
    case 'cut':
      lab.cut(from, to);
      return { fate: undefined, ended: lab.sleep(silenceMs).then(() => lab.mend(from, to)) };
  }
}

const pingCall = 'ViewService.ping';

/**
 * Whether two faults may strike in one run: of the two members of a view, one must keep its state
 * and be seen to live. Otherwise the view service may well keep the one that is dead.
 */
export function mayMeet(
  one: SweptFault,
  at: Arriving,
  other: SweptFault,
  andAt: Arriving,
): boolean {
  const isLoss = (word: SweptFault) => ['crash', 'bounce', 'orphan'].includes(word);
  const isSilence = (word: SweptFault, { call }: Arriving) =>
    word === 'pause' || word === 'cut' || call === pingCall;
  if (isLoss(one)) return !isLoss(other) && !isSilence(other, andAt);
  return !(isLoss(other) && isSilence(one, at));
}

/** A message in a word: `s1-s2.forward`, or `s2-s1.reply`. */
export function nameOfArrival({ kind, from, to, call }: Arriving): string {
  return `${from}-${to}.${kind === 'response' ? 'reply' : call.slice(call.indexOf('.') + 1)}`;
}
