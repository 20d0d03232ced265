/** The words of moves in schedules: those of faults as `runtime/fault-words.ts` has them. */
import {
  bounceMove,
  crashMove,
  cutMove,
  deliverMove,
  deliverTwiceMove,
  dropMove,
  duplicateMove,
  holdMove,
  invokeMove,
  mendMove,
  pauseMove,
  releaseMove,
  restartMove,
  resumeMove,
  tickMove,
  timerMove,
} from './moves';

export const moveKinds: ReadonlyMap<string, number> = new Map([
  ['hold', holdMove],
  ['duplicate', duplicateMove],
  ['pause', pauseMove],
  ['crash', crashMove],
  ['bounce', bounceMove],
  ['release', releaseMove],
  ['resume', resumeMove],
  ['restart', restartMove],
  ['drop', dropMove],
  ['cut', cutMove],
  ['mend', mendMove],
  ['deliver', deliverMove],
  ['deliverTwice', deliverTwiceMove],
  ['timer', timerMove],
  // A call gives up waiting for its answer.
  ['timeout', timerMove],
  ['tick', tickMove],
  // Operations of a client.
  ['get', invokeMove],
  ['put', invokeMove],
  ['append', invokeMove],
  ['putHash', invokeMove],
]);
