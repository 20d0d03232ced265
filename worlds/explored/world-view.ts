/** The state of a system as people see it: names instead of numbers. */

import type { Operation } from '../../pbservice/api';
import type { Json } from '../../runtime/node';
import type { View } from '../../viewservice/api';
import { operationIn } from './client-histories';
import { nameOfMove } from './move-names';
import {
  cutMove,
  deliverMove,
  deliverTwiceMove,
  dropMove,
  duplicateMove,
  heldPlace,
  holdMove,
  invokeMove,
  mendMove,
  moveKind,
  moveWhom,
  releaseMove,
  timerMove,
} from './moves';
import type { NarratorState, NumberedMessage } from './narrator';
import type { BelievedView } from './node-paths';
import { isPaused, isRunning, type PendingTimer, sideOf, timersIn } from './pending';
import { beliefOf, isServer, type System, viewsIn } from './system';

export interface NodeView {
  readonly name: string;
  readonly kind: 'view service' | 'server' | 'client';
  readonly condition: 'up' | 'down' | 'paused';
  /** Of a server. */
  readonly belief: BelievedView | null;
  /** The operation of a client. */
  readonly operation: Operation | null;
  /** The fields that the node shows of itself. */
  readonly inspected: Json;
}

/** A message by the names of its nodes. */
export interface MessageView extends Omit<NumberedMessage, 'from' | 'to'> {
  readonly from: string;
  readonly to: string;
  /** Why it cannot arrive now; null: it can. */
  readonly obstacle: 'cut' | 'paused' | null;
}

export interface WorldView {
  readonly nowMs: number;
  readonly nodes: readonly NodeView[];
  /** The oldest one first. */
  readonly messages: readonly MessageView[];
  readonly timers: readonly PendingTimer[];
  /** How many messages there have been. */
  readonly sent: number;
  readonly cut: readonly string[] | null;
  readonly view: View;
  readonly acknowledged: boolean;
}

/** A move and its subject, for people. */
export interface MoveView {
  /** As in schedules; of whatever a client does `invoke`. */
  readonly word: string;
  readonly message?: MessageView;
  readonly node?: string;
  readonly side?: readonly string[];
  readonly operation?: Operation;
  /** The call that gives up waiting. */
  readonly call?: { readonly to: string; readonly call: string };
}

/** Of the state that the system is in; `told`: what a narrator knows then. */
export function viewOfState(system: System, told: NarratorState): WorldView {
  const { state, names } = system;
  const { view, acknowledged } = viewsIn(system);
  const messages = told.messages.map((message): MessageView => {
    const { from, to } = message;
    const isApart = (((state.cut >> from) ^ (state.cut >> to)) & 1) === 1;
    const obstacle = isApart ? 'cut' : isPaused(system, to) ? 'paused' : null;
    return { ...message, from: names[from] as string, to: names[to] as string, obstacle };
  });
  return {
    nowMs: state.now,
    nodes: [...names.keys()].map((node) => nodeIn(system, node)),
    messages: messages.sort((a, b) => a.number - b.number),
    timers: timersIn(system),
    sent: told.sent,
    cut: state.cut === 0 ? null : sideOf(system, state.cut).map((node) => names[node] as string),
    ...{ view, acknowledged },
  };
}

function nodeIn(system: System, node: number): NodeView {
  const { state, locals, histories, names } = system;
  const { firstClient } = state.spec;
  const isClient = node >= firstClient;
  const kind = isClient ? 'client' : isServer(system, node) ? 'server' : 'view service';
  const isUp = isRunning(system, node);
  return {
    name: names[node] as string,
    kind,
    condition: !isUp ? 'down' : isPaused(system, node) ? 'paused' : 'up',
    belief: beliefOf(system, node),
    operation: (isClient && histories.underWay(state.history, node - firstClient)) || null,
    inspected: isUp ? (locals.shownIn(state.ids[node] as number)?.inspected ?? null) : null,
  };
}

const aboutMessages = new Set([
  holdMove,
  duplicateMove,
  releaseMove,
  dropMove,
  deliverMove,
  deliverTwiceMove,
]);

/** In the state that the system is in, which is `world`. */
export function moveView(system: System, world: WorldView, move: number): MoveView {
  const [kind, whom] = [moveKind(move), moveWhom(move)];
  const { names, locals } = system;
  const word = nameOfMove(system, move).split('.')[0] as string;
  if (aboutMessages.has(kind)) {
    const place = kind === releaseMove ? heldPlace + whom : whom;
    const message = world.messages.find((one) => one.place === place);
    return { word, ...(message && { message }) };
  }
  if (kind === mendMove) return { word };
  if (kind === cutMove)
    return { word, side: sideOf(system, whom).map((node) => names[node] as string) };
  if (kind === invokeMove) {
    const operation = operationIn(locals.contents.text(whom >>> 4));
    return { word: 'invoke', node: names[whom & 15] as string, operation };
  }
  if (kind !== timerMove) return { word, node: names[whom] as string };
  const { node, call } = world.timers[whom] as PendingTimer;
  const about = call && { call: { to: names[call.to] ?? 'nobody', call: call.call } };
  return { word, node: names[node] as string, ...about };
}
