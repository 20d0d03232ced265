/**
 * The whole of a stepped world as plain data that never changes: each step makes a new one. What may
 * happen next is in it: messages on their way, timers, ticks, calls that wait for an answer.
 */
import type { Operation } from '../../../pbservice/api';
import type { CallResult } from '../../../runtime/reactor';
import { noView, type View } from '../../../viewservice/api';
import type { Failure } from '../scenario/failure';
import { deadPings, pingIntervalMs } from '../scenario/lab';
import type { Role } from '../world';
import type { LocalState } from './local-states';

/** What there is, and what the clients are to do by themselves. */
export interface Setting {
  readonly servers: number;
  /** For each client what it does, a letter for each operation; empty: nothing by itself. */
  readonly work: readonly string[];
  readonly seed: number;
  /** Begins when an initialised pair stands; else when all nodes are about to start. */
  readonly staged: boolean;
  /** Two servers that watch each other by heartbeats, and no view service. */
  readonly pair: boolean;
}

export interface Message {
  /** Counts the messages of the run from 1. */
  readonly number: number;
  /** `start` and `invoke` come from outside: a node is to start, a client to do its next operation. */
  readonly kind: 'request' | 'response' | 'start' | 'invoke';
  readonly from: string;
  readonly to: string;
  /** That of the call. */
  readonly id: number;
  /** `Service.method`, or the name of the operation. */
  readonly call: string;
  /** JSON. */
  readonly body: string;
  /** It waits until somebody lets it go on. */
  readonly isHeld: boolean;
  /** It came before. */
  readonly isCopy: boolean;
  /** Which life of the sender it is from. */
  readonly incarnation: number;
}

/** Something that happens by itself, not before `dueMs` of the run. */
export interface Timer {
  readonly timer: number;
  readonly dueMs: number;
}

/** A call that waits for its answer. */
export interface Call {
  readonly id: number;
  readonly to: string;
  readonly call: string;
  /** When it gives up; null: a timer of the node says so. */
  readonly dueMs: number | null;
}

/** What the newest reply to its pings said; of a heartbeat pair, what it says itself. */
export interface Belief {
  readonly role: 'primary' | 'backup' | 'idle';
  readonly viewnum: number;
}

export interface NodeState {
  readonly name: string;
  readonly role: Role;
  readonly incarnation: number;
  /** null: it has not started, or has crashed. */
  readonly local: LocalState | null;
  readonly startedMs: number;
  readonly isPaused: boolean;
  /** null: it has no ticks. */
  readonly nextTickMs: number | null;
  readonly timers: readonly Timer[];
  readonly calls: readonly Call[];
  /** Requests that it has not answered, to know what a response is about. */
  readonly serving: readonly {
    readonly from: string;
    readonly id: number;
    readonly call: string;
  }[];
  readonly belief: Belief | null;
  /** Of a client: what it is doing, and how many operations of its work it has begun. */
  readonly operation: Operation | null;
  readonly begun: number;
}

/** What a client asked or was told; `result` undefined: it asked. */
export interface ClientEvent {
  readonly process: string;
  readonly operation: Operation;
  readonly result: CallResult | undefined;
  readonly atMs: number;
}

export interface WorldState {
  readonly setting: Setting;
  readonly nowMs: number;
  readonly nodes: readonly NodeState[];
  /** The oldest one first. */
  readonly messages: readonly Message[];
  readonly sent: number;
  /** Nothing gets from these to the others, or back; null: all reach all. */
  readonly cut: readonly string[] | null;
  readonly history: readonly ClientEvent[];
  /** The newest view that the view service told anybody, and whether its primary acknowledged it. */
  readonly view: View;
  readonly acknowledged: boolean;
  /** Rules that were broken on the way, whatever came later. */
  readonly broken: readonly Failure[];
}

export const viewService = 'vs';

/** All nodes are about to start. */
export function initialState(setting: Setting): WorldState {
  const { servers, work, pair } = setting;
  const names = Array.from({ length: servers }, (_, i) => `s${i + 1}`);
  const common = { pingIntervalMs, deadPings };
  const server: Role = pair
    ? { kind: 'pair-server', members: names, ...common }
    : { kind: 'replica', viewService, pingIntervalMs };
  const client: Role = pair
    ? { kind: 'pair-client', members: names }
    : { kind: 'client', viewService };
  const roles: [string, Role][] = [
    ...(pair ? [] : [[viewService, { kind: 'view-service', ...common }] as [string, Role]]),
    ...names.map((name): [string, Role] => [name, server]),
    ...work.map((_, i): [string, Role] => [`c${i + 1}`, client]),
  ];
  const nodes = roles.map(([name, role]) => ({ ...nobody, name, role }));
  const messages = nodes.map(({ name }, i) => startOf(name, i + 1));
  return {
    ...{ setting, nowMs: 0, nodes, messages, sent: nodes.length, cut: null, history: [] },
    ...{ view: noView, acknowledged: false, broken: [] },
  };
}

const nobody: Omit<NodeState, 'name' | 'role'> = {
  ...{ incarnation: -1, local: null, startedMs: 0, isPaused: false, nextTickMs: null },
  ...{ timers: [], calls: [], serving: [], belief: null, operation: null, begun: 0 },
};

/** What is left of a node that crashed. */
export function crashed(node: NodeState): NodeState {
  const { name, role, incarnation, begun } = node;
  return { ...nobody, name, role, incarnation, begun };
}

export function startOf(name: string, number: number): Message {
  const common = { id: 0, call: 'start', body: '', isHeld: false, isCopy: false };
  return { number, kind: 'start', from: name, to: name, incarnation: -1, ...common };
}

export function nodeOf({ nodes }: WorldState, name: string): NodeState | undefined {
  return nodes.find((node) => node.name === name);
}

export const isServer = ({ role }: NodeState): boolean =>
  role.kind === 'replica' || role.kind === 'pair-server';

export const isClient = ({ role }: NodeState): boolean =>
  role.kind === 'client' || role.kind === 'pair-client';

/** Whether the two stand on different sides of the cut. */
export function areApart({ cut }: WorldState, a: string, b: string): boolean {
  return cut !== null && cut.includes(a) !== cut.includes(b);
}

/** Why a message cannot arrive now; null: it can. */
export function obstacle(state: WorldState, message: Message): 'cut' | 'paused' | null {
  if (areApart(state, message.from, message.to)) return 'cut';
  return nodeOf(state, message.to)?.isPaused === true ? 'paused' : null;
}
