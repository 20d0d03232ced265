/**
 * What may happen other than the next event. Deviations are counted: a message waits or comes twice,
 * a server stops for a while or crashes. What ends one of them is not counted, as it only says how
 * long it lasts: a message that was held back comes, a server goes on or is started again.
 */
import { type GlobalState, messageEvent } from './global-state';
import { invokeInput, requestInput, responseInput } from './inputs';

export const hold = 0;
export const duplicate = 1;
export const pause = 2;
export const crash = 3;
/** It crashes and is started again before anybody notices. */
export const crashAndRestart = 4;
export const release = 5;
export const resume = 6;
export const restart = 7;

/** A choice in one number: what it is, and of whom. */
export const packChoice = (kind: number, whom: number): number => kind | (whom << 3);
export const choiceKind = (choice: number): number => choice & 7;
export const choiceOf = (choice: number): number => choice >> 3;

/** Whether it counts as a crash, and not as another deviation. */
export const isCrash = (kind: number): boolean => kind === crash || kind === crashAndRestart;

/** Whether it counts as a deviation, and is about the next event; the others end one. */
export const isDeviation = (kind: number): boolean => kind <= crashAndRestart;

/** Makes a choice. The deviations are about the next event, so `peek` has been called before. */
export function choose(state: GlobalState, choice: number): void {
  const whom = choiceOf(choice);
  switch (choiceKind(choice)) {
    case hold:
      state.holdNext();
      break;
    case duplicate:
      state.duplicateNext();
      break;
    case pause:
      state.pause(whom);
      break;
    case crash:
      state.crash(whom);
      break;
    case crashAndRestart:
      state.crash(whom);
      state.restart(whom);
      break;
    case release:
      state.release(whom);
      break;
    case resume:
      state.resume(whom);
      break;
    case restart:
      state.restart(whom);
      break;
  }
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
      found[count++] = packChoice(hold, 0);
    }
    if (kind === requestInput) found[count++] = packChoice(duplicate, 0);
  }
  const isServer = node > 0 && node < state.spec.firstClient;
  if (!isServer) return count;
  found[count++] = packChoice(pause, node);
  if (mayCrash) {
    found[count++] = packChoice(crash, node);
    found[count++] = packChoice(crashAndRestart, node);
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
    if (mayCome) found[count++] = packChoice(release, i);
  }
  if (!state.isLandmark || (state.paused | state.down) === 0) return count;
  for (let node = 1; node < state.spec.firstClient; node += 1) {
    if ((state.paused >> node) & 1) found[count++] = packChoice(resume, node);
    if ((state.down >> node) & 1) found[count++] = packChoice(restart, node);
  }
  return count;
}

/** These opportunities have been considered: they are not offered again in the same state. */
export function considered(state: GlobalState, found: Int32Array, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const choice = found[i] as number;
    if (choiceKind(choice) === release) state.considered(choiceOf(choice));
  }
}
