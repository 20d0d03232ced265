/** The faults of a sweep: each of them strikes as one message is about to arrive. */
import type { Lab } from '../scenario/lab';
import type { Arriving, Arrival as Fate } from '../simulated/world';

/**
 * What may happen as a message is about to arrive: to itself, its receiver, or the link. `orphan`: its
 * sender crashes, and what it had sent is lost with it.
 */
export const faultWords = [
  ...(['drop', 'twice', 'delay', 'late'] as const),
  ...(['crash', 'restart', 'orphan', 'pause', 'cut'] as const),
] as const;
export type FaultWord = (typeof faultWords)[number];

/** A copy, or a message that is delayed a little, comes when others have overtaken it. */
const shortMs = 30;
/** Calls have timed out by then, and a server that says nothing counts as dead. */
const longMs = 900;
/** How long a server is paused, or a link cut, unless the sweep says otherwise. */
export const usualSilenceMs = longMs;
/** Until then somebody else has taken over from a server that is down. */
const downMs = 1_500;

/** The system goes on without the state of this server, if it loses it. */
function isSpare(lab: Lab, server: string): boolean {
  const { primary, backup, viewnum } = lab.view;
  if (server !== primary) return true;
  return backup !== null && lab.world.latestAcknowledged() === viewnum;
}

function isUp(lab: Lab, name: string): boolean {
  return lab.isServer(name) && lab.world.isRunning(name);
}

/** The faults that may strike as this message arrives. */
export function faultsOf(lab: Lab, { to, from }: Arriving): readonly FaultWord[] {
  const isServer = lab.isServer(to);
  const isRunning = isUp(lab, to);
  return faultWords.filter((word) => {
    if (word === 'crash' || word === 'restart') return isRunning && isSpare(lab, to);
    if (word === 'orphan') return isUp(lab, from) && isSpare(lab, from);
    if (word === 'pause') return isRunning;
    // From a client to a server is as good as the loss of the messages between them.
    if (word === 'cut') return lab.isServer(from) || isServer;
    return true;
  });
}

/** Has it strike; what becomes of the message, and when the fault has ended. */
export function strike(
  lab: Lab,
  word: FaultWord,
  { from, to }: Arriving,
  silenceMs: number,
): { readonly fate: Fate | undefined; readonly ended: Promise<void> } {
  const ended = Promise.resolve();
  switch (word) {
    case 'drop':
      return { fate: { type: 'lost' }, ended };
    case 'twice':
      return { fate: { type: 'twice', afterMs: shortMs }, ended };
    case 'delay':
      return { fate: { type: 'later', afterMs: shortMs }, ended: lab.sleep(shortMs) };
    case 'late':
      return { fate: { type: 'later', afterMs: longMs }, ended: lab.sleep(longMs) };
    case 'crash':
      lab.crash(to);
      return { fate: undefined, ended: lab.sleep(downMs).then(() => lab.restart(to)) };
    case 'orphan':
      lab.crash(from);
      return { fate: { type: 'lost' }, ended: lab.sleep(downMs).then(() => lab.restart(from)) };
    case 'restart':
      lab.crash(to);
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
export function mayMeet(one: FaultWord, at: Arriving, other: FaultWord, andAt: Arriving): boolean {
  const isLoss = (word: FaultWord) => ['crash', 'restart', 'orphan'].includes(word);
  const isSilence = (word: FaultWord, { call }: Arriving) =>
    word === 'pause' || word === 'cut' || call === pingCall;
  if (isLoss(one)) return !isLoss(other) && !isSilence(other, andAt);
  return !(isLoss(other) && isSilence(one, at));
}

/** A message in a word: `s1-s2.forward`, or `s2-s1.reply`. */
export function nameOfMessage({ kind, from, to, call }: Arriving): string {
  return `${from}-${to}.${kind === 'response' ? 'reply' : call.slice(call.indexOf('.') + 1)}`;
}
