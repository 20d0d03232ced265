/** What may come next in a stepped world: everything that waits, and every fault. */
import type { Operation } from '../../../pbservice/api';
import {
  isClient,
  isServer,
  type NodeState,
  nodeOf,
  obstacle,
  type WorldState,
} from './world-state';

export type Action =
  | Due
  /** A message arrives; arrives and will come once more; is lost; waits; waits no more. */
  | {
      readonly do: 'deliver' | 'twice' | 'drop' | 'hold' | 'free';
      /** Its number. */
      readonly message: number;
    }
  | { readonly do: NodeAction; readonly node: string }
  /** Nothing gets from these nodes to the others, or back. */
  | { readonly do: 'cut'; readonly side: readonly string[] }
  | { readonly do: 'heal' }
  | { readonly do: 'invoke'; readonly node: string; readonly operation: Operation };

/** What happens by itself at some time. */
export type Due =
  | { readonly do: 'timer'; readonly node: string; readonly timer: number }
  /** A call gives up waiting for its answer. */
  | { readonly do: 'timeout'; readonly node: string; readonly call: number }
  | { readonly do: 'tick'; readonly node: string };

export type NodeAction = 'crash' | 'restart' | 'pause' | 'resume';

export const messageActions = ['deliver', 'twice', 'drop', 'hold', 'free'] as const;
export const nodeActions = ['tick', 'crash', 'restart', 'pause', 'resume'] as const;

/** Why the action is not possible in this state; undefined: it is. */
export function objection(state: WorldState, action: Action): string | undefined {
  if ('message' in action) return messageObjection(state, action);
  if (action.do === 'heal') return state.cut === null ? 'nothing is cut off' : undefined;
  if (action.do === 'cut') {
    if (state.cut !== null) return 'something is cut off already: heal that first';
    const inside = action.side.filter((name) => nodeOf(state, name) !== undefined).length;
    const isSplit =
      inside === new Set(action.side).size && inside > 0 && inside < state.nodes.length;
    return isSplit ? undefined : 'a cut needs some of the nodes on each side';
  }
  const node = nodeOf(state, action.node);
  if (node === undefined) return `there is no node ${action.node}`;
  return nodeObjection(node, action);
}

function messageObjection(
  state: WorldState,
  action: Extract<Action, { readonly message: number }>,
): string | undefined {
  const message = state.messages.find(({ number }) => number === action.message);
  if (message === undefined) return 'that message is not on its way';
  const isOutside = message.kind === 'start' || message.kind === 'invoke';
  switch (action.do) {
    case 'deliver': {
      const why = obstacle(state, message);
      if (why === 'cut') return `${message.from} and ${message.to} are cut off from each other`;
      return why === 'paused' ? `${message.to} is paused` : undefined;
    }
    case 'twice':
      if (isOutside) return 'only messages between nodes come twice';
      return messageObjection(state, { do: 'deliver', message: action.message });
    case 'drop':
      return isOutside ? 'only messages between nodes get lost' : undefined;
    case 'hold':
      return message.isHeld ? 'it waits already' : undefined;
    case 'free':
      return message.isHeld ? undefined : 'it does not wait';
  }
}

function nodeObjection(
  node: NodeState,
  action: Extract<Action, { readonly node: string }>,
): string | undefined {
  const { name, local, isPaused } = node;
  if (action.do === 'restart') return local === null ? undefined : `${name} runs`;
  if (local === null) return `${name} does not run`;
  if (action.do === 'resume') return isPaused ? undefined : `${name} is not paused`;
  if (action.do === 'crash') return isServer(node) ? undefined : 'only servers crash here';
  if (isPaused) return `${name} is paused`;
  switch (action.do) {
    case 'tick':
      return node.nextTickMs === null ? `${name} has no ticks` : undefined;
    case 'timer':
      return node.timers.some(({ timer }) => timer === action.timer)
        ? undefined
        : `${name} has no such timer`;
    case 'timeout': {
      const call = node.calls.find(({ id }) => id === action.call);
      return call === undefined || call.dueMs === null ? `${name} has no such call` : undefined;
    }
    case 'invoke':
      if (!isClient(node)) return `${name} is not a client`;
      return node.operation === null ? undefined : `${name} has an operation under way`;
    default:
      return undefined;
  }
}

/** All that happens by itself, with its time, the earliest first. Those of paused nodes wait. */
export function dueOf(state: WorldState): { readonly action: Due; readonly dueMs: number }[] {
  const due: { action: Due; dueMs: number }[] = [];
  for (const { name: node, local, isPaused, timers, calls, nextTickMs } of state.nodes) {
    if (local === null || isPaused) continue;
    for (const { timer, dueMs } of timers)
      due.push({ action: { do: 'timer', node, timer }, dueMs });
    for (const { id, dueMs } of calls) {
      if (dueMs !== null) due.push({ action: { do: 'timeout', node, call: id }, dueMs });
    }
    if (nextTickMs !== null) due.push({ action: { do: 'tick', node }, dueMs: nextTickMs });
  }
  return due.sort((a, b) => a.dueMs - b.dueMs);
}

/**
 * What comes next without faults: the oldest message; when there is none, what is due first.
 * undefined: nothing will ever happen.
 */
export function usual(state: WorldState): Action | undefined {
  const message = state.messages.find((one) => !one.isHeld && obstacle(state, one) === null);
  if (message !== undefined) return { do: 'deliver', message: message.number };
  return dueOf(state)[0]?.action;
}
