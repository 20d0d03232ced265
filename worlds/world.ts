/**
 * The world as a scenario sees it. The simulated world keeps virtual time in one
 * process; the real one has processes, sockets and the clock on the wall.
 */

import type { Failure } from '../judging/failure';
import type { Role } from '../nodes/role';
import type { ErrorCode } from '../runtime/errors';
import type { Address, Json } from '../runtime/node';
import type { NodeBug } from '../runtime/node-bug';
import type { CallResult } from '../runtime/node-io';
import type { TraceEvent } from '../runtime/trace';
import type { View } from '../viewservice/api';

/** From where to where; what is left out may be any node. */
export interface LinkFilter {
  readonly from?: Address;
  readonly to?: Address;
}

/** Which messages a fault is about. What is left out may be anything. */
export interface MessageFilter extends LinkFilter {
  readonly kind?: 'request' | 'response';
}

export interface World {
  readonly kind: 'simulated' | 'real';
  /** Milliseconds since the start of the run. */
  now(): number;
  /** In [0, 1), from the seed of the run. */
  random(): number;

  start(name: Address, role: Role): void;
  /** Ends a node at once; all that it remembers is lost. */
  crash(name: Address): void;
  /** Starts a node that crashed, under its old name, with empty memory. */
  restart(name: Address): void;
  /** Stops a node in its tracks; what is sent to it waits. */
  pause(name: Address): void;
  resume(name: Address): void;
  isRunning(name: Address): boolean;
  /** One tick of a node with manual ticks. */
  tick(name: Address): void;

  /** Nothing gets from `from` to `to` any more. */
  cut(from: Address, to: Address): void;
  mend(from: Address, to: Address): void;
  /** Loses the next `count` messages of the kind. */
  drop(filter: MessageFilter, count: number): void;
  /** Delivers the next `count` messages of the kind twice. */
  duplicate(filter: MessageFilter, count: number): void;
  /** Holds back the next `count` messages of the kind until released. Returns the release. */
  hold(filter: MessageFilter, count: number): () => void;
  /** Refuses the next calls of this kind by a node, each with the next of these errors: they do not arrive. */
  refuse(from: Address, call: string, codes: readonly ErrorCode[]): void;
  /** Loses, delays, duplicates and reorders messages by chance. */
  storm(): void;
  /** Ends partitions, storms and plans for messages. */
  heal(): void;

  /** Has a client carry out an operation. */
  invoke(client: Address, f: string, args: Json): Promise<CallResult>;
  /** Calls a node from outside the cluster; undefined when no answer comes within the time. */
  call(
    to: Address,
    call: string,
    args: Json,
    withinMs: number,
    from?: Address,
  ): Promise<CallResult | undefined>;

  /** Lets time pass. */
  sleep(durationMs: number): Promise<void>;
  /** Lets time pass until the condition holds (true) or the time is over (false). */
  until(condition: () => boolean, withinMs: number): Promise<boolean>;

  /** The newest view that the view service has told anybody. */
  latestView(): View;
  /** The view that the view service has now, whether it has told anybody or not. */
  viewNow(): Promise<View>;
  /** When something from `from` last arrived at `to`, in milliseconds of the run; before all if never. */
  heardMs(from: Address, to: Address): number;
  /** The newest view number with which its primary has pinged the view service. */
  latestAcknowledged(): number;
  /** Since when the view service may act on a ping 0 of this server in the newest view; before all if there was none. */
  restartMs(server: Address): number;
  /** How many requests were sent so far from one node to another. */
  requestsSent(filter: LinkFilter): number;
  /** How many bytes of requests and responses were sent so far from one node to another. */
  bytesSent(filter: LinkFilter): number;
  /** The failures in nodes that nobody could catch, in the order in which they happened. */
  readonly failures: readonly NodeFailure[];
  /** The first message between servers and view service that has no meaning there, if any. */
  readonly misuse?: Failure | undefined;
  readonly trace: readonly TraceEvent[];
}

export interface NodeFailure extends NodeBug {
  readonly node: Address;
}

/** A world that can run a scenario to its end and clear up after it. */
export interface RunnableWorld extends World {
  /** Messages delivered so far. */
  readonly delivered: number;
  /** Rejects with what the scenario throws. */
  run(scenario: () => Promise<void>): Promise<void>;
}
