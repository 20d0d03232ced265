/**
 * Searches from any state on, as somebody who looks at it asks: the same search as that of the explorer,
 * but what it finds is told as moves from there, those of the closing included. Nobody has to finish,
 * as what was done before may have made that impossible.
 */

import type { Failure } from '../../judging/failure';
import { quiescenceMs } from '../timing';
import { Closing, type Witness } from './closing';
import { missing } from './global-state';
import { BeyondExplorer } from './incarnations';
import { brokenInvariant } from './invariants';
import { NotRepeatable } from './local-states';
import {
  crashMove,
  deliverMove,
  heldPlace,
  invokeMove,
  isEvent,
  makeMove,
  mendMove,
  moveKind,
  packMove,
  resumeMove,
  tickMove,
  timerMove,
  usualMove,
} from './moves';
import { messageEvent, noEvent, tickEvent } from './next-event';
import { onePrimary } from './properties';
import { needsExecution, Search, type Violation } from './search';
import { beliefOf, type System } from './system';

export interface SearchFromOptions {
  readonly deviations: number;
  readonly seconds: number;
  readonly onProgress?: (states: number, deviations: number) => void;
  readonly isCancelled: () => boolean;
}

export interface SearchFromResult {
  readonly found: { readonly moves: readonly number[]; readonly failure: Failure } | null;
  readonly states: number;
  /** All schedules with so many deviations were tried; -1: not even the one without. */
  readonly exhausted: number;
}

const mostCrashes = 7;
/** The interval at which the rest of the program gets its turn, in milliseconds. */
const breathMs = 50;

/** From the state that the system is in; leaves it in another one. */
export async function searchFromState(
  system: System,
  { deviations, seconds, onProgress, isCancelled }: SearchFromOptions,
): Promise<SearchFromResult> {
  const { state, locals } = system;
  state.excused = 1;
  const start = saved(system);
  const crashes = Math.min(mostCrashes, state.crashes + deviations + 1);
  const search = new Search(system, { deviations, crashes }, { judge: judgeOf(system) });
  const endsAt = performance.now() + 1_000 * seconds;
  let breathedAt = performance.now();
  const ended = (found: SearchFromResult['found']) => {
    return { found, states: search.visited.size, exhausted: search.exhausted };
  };
  try {
    for (const why of search.run()) {
      if (why === needsExecution) await locals.execute(state.missingState, state.missingInput);
      const now = performance.now();
      if (now < breathedAt + breathMs) continue;
      breathedAt = now;
      await new Promise((resolve) => setImmediate(resolve));
      onProgress?.(search.visited.size, search.level);
      if (isCancelled() || now > endsAt) return ended(null);
    }
    if (search.found === null) return ended(null);
    start.restore();
    const moves = await movesTo(system, search.found, crashes);
    return ended({ moves, failure: search.found.failure });
  } catch (error) {
    if (error instanceof BeyondExplorer || error instanceof NotRepeatable) return ended(null);
    throw error;
  }
}

/** Judges the clients' history, and which servers could answer, whenever either may have changed. */
function judgeOf(system: System): () => Generator<number, Failure | null> {
  const { state, histories } = system;
  return function* () {
    const { isLandmark, eventNode } = state;
    const broken = brokenInvariant(system);
    if (broken !== null) return broken;
    if (isLandmark) {
      const seen = histories.judge(state.history);
      if (seen !== null) return seen;
    }
    const isPrimary = beliefOf(system, eventNode)?.role === 'primary';
    if (!isLandmark && !isPrimary) return null;
    return yield* onePrimary(system);
  };
}

/** The moves that lead to a violation, from the state that the system is in. */
async function movesTo(
  system: System,
  { choices, events, inClosing }: Violation,
  maxCrashes: number,
): Promise<number[]> {
  const { state } = system;
  const moves: number[] = [];
  const take = async (move: number | undefined) => {
    if (move === undefined) return;
    moves.push(move);
    makeMove(state, move);
    if (isEvent(moveKind(move))) await apply(system);
  };
  for (const { after, choice } of choices) {
    for (let event = 0; event < after; event += 1) await take(usualMove(state));
    await take(choice);
  }
  for (let event = 0; event < events; event += 1) {
    await take(usualMove(state));
  }
  if (!inClosing) return moves;
  const before = saved(system);
  const happenings = await happeningsIn(system, maxCrashes);
  before.restore();
  for (const find of happenings) await take(find());
  return moves;
}

async function apply({ state, locals }: System): Promise<void> {
  while (state.apply() === missing) {
    await locals.execute(state.missingState, state.missingInput);
  }
}

/** As usual while something new is seen, and then the closing: each as a way to find the move for it. */
export async function restOfRun(system: System): Promise<(() => number | undefined)[]> {
  const { state, setting } = system;
  const usual: (() => number | undefined)[] = [];
  for (let newsAt = state.now; !state.isFinished && state.now <= newsAt + quiescenceMs; ) {
    if (state.peek() === noEvent) break;
    await apply(system);
    usual.push(() => usualMove(state));
    if (state.isLandmark) newsAt = state.now;
  }
  return [...usual, ...(await happeningsIn(system, setting.crashes))];
}

/** The events of a closing, each as a way to find the move for it when its turn comes again. */
async function happeningsIn(system: System, maxCrashes: number) {
  const { state, locals, reader } = system;
  const found: (() => number | undefined)[] = [];
  const witness: Witness = {
    healed: () => {
      for (const node of system.names.keys()) {
        if ((state.paused >> node) & 1) found.push(() => packMove(resumeMove, node));
      }
      if (state.cut !== 0) found.push(() => packMove(mendMove, 0));
    },
    crashed: (node) => {
      found.push(() => packMove(crashMove, node));
    },
    before: () => {
      const { eventKind, eventNode: node, eventIndex: index } = state;
      if (eventKind === tickEvent) {
        found.push(() => packMove(tickMove, node));
      } else if (eventKind === messageEvent) {
        const message = state.messages[2 * index] as number;
        const content = state.messages[2 * index + 1] as number;
        const isAsked = node === reader && state.isInvocation(message);
        found.push(() =>
          isAsked
            ? packMove(invokeMove, node | (content << 4))
            : deliveryOf(system, message, content),
        );
      } else {
        const key = state.timers[2 * index] as number;
        found.push(() => timerOf(system, key));
      }
    },
    after: () => undefined,
  };
  const closing = new Closing(system, maxCrashes, witness).run();
  while (closing.next().done !== true) {
    await locals.execute(state.missingState, state.missingInput);
  }
  return found;
}

/** A message that is held back here has been released there. */
function deliveryOf({ state }: System, message: number, content: number): number | undefined {
  for (let i = 0; i < state.messageCount; i += 1) {
    if (state.messages[2 * i] === message && state.messages[2 * i + 1] === content) {
      return packMove(deliverMove, i);
    }
  }
  for (let i = 0; i < state.heldCount; i += 1) {
    if (state.held[4 * i] === message && state.held[4 * i + 1] === content) {
      return packMove(deliverMove, heldPlace + i);
    }
  }
  return undefined;
}

function timerOf({ state }: System, key: number): number | undefined {
  for (let i = 0; i < state.timerCount; i += 1) {
    if (state.timers[2 * i] === key) return packMove(timerMove, i);
  }
  return undefined;
}

/** The state that the system is in, to come back to. */
function saved({ state }: System) {
  const words = state.packed.slice(0, state.pack());
  const { now } = state;
  return {
    restore: () => {
      state.unpack(words, 0);
      state.now = now;
    },
  };
}
