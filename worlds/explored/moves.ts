/**
 * The moves of a system: whatever may be made to happen in one of its states. A search makes few of
 * them, and only where they matter; a person makes any, at any time. Some are events, which run the
 * code of a node: a message that arrives, a timer, a tick. The others change what comes.
 *
 * What may happen other than the next event. Deviations are counted: a message waits or comes twice,
 * a server stops for a while or crashes. What ends one of them is not counted, as it only says how
 * long it lasts: a message that was held back comes, a server goes on or is started again.
 */
import type { GlobalState } from './global-state';
import { invokeInput, requestInput, responseInput } from './inputs';
import { messageEvent, noEvent, timerEvent } from './next-event';

export const holdMove = 0;
/** The message will come once more. */
export const duplicateMove = 1;
export const pauseMove = 2;
export const crashMove = 3;
/** The node crashes and is started again before anybody notices. */
export const bounceMove = 4;
export const releaseMove = 5;
export const resumeMove = 6;
export const restartMove = 7;
export const dropMove = 8;
/** Nothing gets from some nodes, a bit for each, to the others, or back. */
export const cutMove = 9;
export const mendMove = 10;
// Events.
export const deliverMove = 11;
/** The message arrives, and will come once more. */
export const deliverTwiceMove = 12;
export const timerMove = 13;
export const tickMove = 14;
/** A client begins an operation: its number, and above four bits that of the text. */
export const invokeMove = 15;

/**
 * A move in one number: what it is, and of whom. Messages are named by their place, those that are held
 * back from `heldPlace` on, except where only those are meant, in `release`.
 */
export const packMove = (kind: number, whom: number): number => kind | (whom << 4);
export const moveKind = (move: number): number => move & 15;
export const moveWhom = (move: number): number => move >>> 4;
export const heldPlace = 128;

/** Whether it counts as a crash, and not as another deviation. */
export const isCrash = (kind: number): boolean => kind === crashMove || kind === bounceMove;

/** Whether it counts as a deviation, and is about the next event; the others end one. */
export const isDeviation = (kind: number): boolean => kind <= bounceMove;

/** Whether it runs the code of a node, so that `apply` has to be called for it. */
export const isEvent = (kind: number): boolean => kind >= deliverMove;

/** The next event without faults, as a move; undefined: none. Time passes until then. */
export function usualMove(state: GlobalState): number | undefined {
  switch (state.peek()) {
    case noEvent:
      return undefined;
    case messageEvent:
      return packMove(deliverMove, state.eventIndex);
    case timerEvent:
      return packMove(timerMove, state.eventIndex);
    default:
      return packMove(tickMove, state.eventNode);
  }
}

/**
 * Makes a move; when it is an event, makes it the next one. Between two events nothing happens: who
 * stops or crashes does so right before the next one.
 */
export function makeMove(state: GlobalState, move: number): void {
  const whom = moveWhom(move);
  switch (moveKind(move)) {
    case holdMove:
      state.hold(whom);
      break;
    case duplicateMove:
      state.duplicate(whom);
      break;
    case pauseMove:
      state.peek();
      state.pause(whom);
      break;
    case crashMove:
      state.peek();
      state.crash(whom);
      break;
    case bounceMove:
      state.peek();
      state.crash(whom);
      state.restart(whom);
      break;
    case releaseMove:
      state.release(whom);
      break;
    case resumeMove:
      state.resume(whom);
      break;
    case restartMove:
      state.restart(whom);
      break;
    case dropMove:
      state.drop(onItsWay(state, whom));
      break;
    case cutMove:
      state.peek();
      state.cut = whom;
      break;
    case mendMove:
      state.cut = 0;
      break;
    case deliverMove:
      state.aimAtMessage(onItsWay(state, whom));
      break;
    case deliverTwiceMove: {
      const index = onItsWay(state, whom);
      state.duplicate(index);
      state.aimAtMessage(index);
      break;
    }
    case timerMove:
      state.aimAtTimer(whom);
      break;
    case tickMove:
      state.aimAtTick(whom);
      break;
    case invokeMove:
      state.aimAtInvocation(whom & 15, whom >>> 4);
      break;
  }
}

/** The place of a message, which waits no more if it did. */
function onItsWay(state: GlobalState, place: number): number {
  if (place < heldPlace) return place;
  state.release(place - heldPlace);
  return 0;
}

/**
 * The deviations from the next event, which `peek` has found, into `found`; returns how many. Whom
 * an event does not concern may as well crash or stop later: so that is not tried here.
 */
export function deviations(state: GlobalState, mayCrash: boolean, found: Int32Array): number {
  let count = 0;
  const node = state.eventNode;
  if (state.eventKind === messageEvent) {
    const kind = state.eventInput & 7;
    if (kind === requestInput || kind === responseInput || kind === invokeInput) {
      found[count++] = packMove(holdMove, state.eventIndex);
    }
    if (kind === requestInput) found[count++] = packMove(duplicateMove, state.eventIndex);
  }
  const { firstServer, firstClient } = state.spec;
  const isServer = node >= firstServer && node < firstClient;
  if (!isServer) return count;
  found[count++] = packMove(pauseMove, node);
  if (mayCrash) {
    found[count++] = packMove(crashMove, node);
    found[count++] = packMove(bounceMove, node);
  }
  return count;
}

/**
 * What may end after the event that just happened, into `found`; returns how many. A message that is
 * held back may come when its receiver has changed; all else when the clients or the view service
 * show something new. In between it would make no difference, or the same as holding back what the
 * receiver sends.
 */
export function endings(state: GlobalState, found: Int32Array): number {
  let count = 0;
  for (let i = 0; i < state.heldCount; i += 1) {
    const mayCome = state.isHeldInvocation(i)
      ? state.isLandmark
      : state.mayRelease(i, state.eventNode);
    if (mayCome) found[count++] = packMove(releaseMove, i);
  }
  if (!state.isLandmark || (state.paused | state.down) === 0) return count;
  for (let node = state.spec.firstServer; node < state.spec.firstClient; node += 1) {
    if ((state.paused >> node) & 1) found[count++] = packMove(resumeMove, node);
    if ((state.down >> node) & 1) found[count++] = packMove(restartMove, node);
  }
  return count;
}

/** These opportunities have been considered: they are not offered again in the same state. */
export function considered(state: GlobalState, found: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const move = found[i] as number;
    if (moveKind(move) === releaseMove) state.considered(moveWhom(move));
  }
}
