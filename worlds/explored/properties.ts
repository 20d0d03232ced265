/** Properties that must hold in every state of a system, and the failures of those that do not. */

import type { Failure } from '../../judging/failure';
import type { PropertyName } from '../systems';
import { missing } from './global-state';
import { noSlot, requestInput } from './inputs';
import { brokenInvariant } from './invariants';
import { messageFrom, messageTo, packMessage } from './messages';
import { deliverMove, makeMove, packMove } from './moves';
import { isPaused } from './pending';
import { beliefOf, isServer, type System } from './system';

/** null: it holds; absent: nobody asks for it in this system. In the order of its properties. */
export type Verdicts = Readonly<Partial<Record<PropertyName | 'invariants', Failure | null>>>;

/** The client of the question whether a server would answer; nobody else has this name. */
const prober = 'probe';
/** A slot that no client comes to. */
const probeSlot = noSlot - 1;
/** Messages that an operation may cause before it counts as not completed. */
const maxProbeMessages = 40;

/** Of the state that the system is in; `broken`: the rules that were broken on the way. */
export async function verdictsOn(system: System, broken: readonly Failure[]): Promise<Verdicts> {
  const { state, locals, histories, kind } = system;
  const asking = onePrimary(system);
  let onePrimaryVerdict = asking.next();
  while (onePrimaryVerdict.done !== true) {
    await locals.execute(state.missingState, state.missingInput);
    onePrimaryVerdict = asking.next();
  }
  const verdicts: Required<Verdicts> = {
    views: broken.find((failure) => !isError(failure.kind)) ?? null,
    linearizable: histories.judge(state.history),
    'one-primary': onePrimaryVerdict.value,
    'no-errors': broken.find(({ kind }) => isError(kind)) ?? null,
    invariants: brokenInvariant(system),
  };
  const more = kind.invariants === undefined ? [] : (['invariants'] as const);
  return Object.fromEntries([...kind.properties, ...more].map((name) => [name, verdicts[name]]));
}

/** The first thing that does not hold; undefined: all is well. */
export function firstBroken(verdicts: Verdicts): [keyof Verdicts, Failure] | undefined {
  const all = Object.entries(verdicts) as [keyof Verdicts, Failure | null][];
  return all.find((one): one is [keyof Verdicts, Failure] => one[1] !== null);
}

const isError = (kind: Failure['kind']) => kind === 'broken code' || kind === 'not implemented';

/**
 * Two servers must not both be able to complete an operation. Who is able is found by asking: each that
 * takes itself for the primary is given a read, in a copy of this state, and every message that comes of
 * it arrives; what else is on its way does not. Yields when the code of a node has to run first.
 */
export function* onePrimary(system: System): Generator<number, Failure | null> {
  const { state, names, kind } = system;
  const takeThemselves = [...names.keys()].filter(
    (node) => isServer(system, node) && beliefOf(system, node)?.role === 'primary',
  );
  if (takeThemselves.length < 2) return null;
  const { now, isLandmark, transition } = state;
  const saved = state.packed.slice(0, state.pack());
  const able: number[] = [];
  for (const node of takeThemselves) {
    if (!isPaused(system, node) && (yield* wouldAnswer(system, node))) able.push(node);
    state.unpack(saved, 0);
    Object.assign(state, { now, isLandmark, transition });
  }
  if (able.length < 2) return null;
  const what = kind.saysRoles === true ? 'epoch' : 'view';
  const told = able
    .map((node) => `${names[node]} (${what} ${beliefOf(system, node)?.viewnum})`)
    .join(' and ');
  return {
    kind: 'expectation',
    expected: 'at most one server that is able to complete operations',
    actual: `${told} would each complete one now`,
    details: able.map((node) => `${names[node]} answers a read that reaches it in this state`),
  };
}

function* wouldAnswer(system: System, server: number): Generator<number, boolean> {
  const { state, locals, reader } = system;
  const request = { client: prober, seq: 1, operation: { op: 'get', key: 'probe' } };
  const content = locals.contents.id(`PbService.operate\n${JSON.stringify(request)}`);
  // The one who asks stands beside the server.
  const side = (state.cut >> server) & 1;
  state.cut = (state.cut & ~(1 << reader)) | (side << reader);
  state.onlyMessage(packMessage(requestInput, server, reader, probeSlot), content);
  for (let count = 0; count < maxProbeMessages; count += 1) {
    for (let i = 0; i < state.messageCount; i += 1) {
      const message = state.messages[2 * i] as number;
      if (messageTo(message) !== reader || messageFrom(message) !== server) continue;
      const answer = locals.contents.text(state.messages[2 * i + 1] as number);
      return 'reply' in (JSON.parse(answer) as object);
    }
    const next = state.firstMessage();
    if (next < 0) return false;
    makeMove(state, packMove(deliverMove, next));
    while (state.apply() === missing) yield 0;
  }
  return false;
}
