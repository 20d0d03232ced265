/**
 * What a scenario needs of the world it runs in. The simulated world keeps virtual time in one
 * process; the real one has processes, sockets and the clock on the wall.
 */
import type { Address, Json } from '../../runtime/node';
import type { CallResult } from '../../runtime/reactor';
import type { TraceEvent } from '../../runtime/trace';
import type { View } from '../../viewservice/api';

export type Role =
  | {
      readonly kind: 'view-service';
      readonly pingIntervalMs: number;
      readonly deadPings: number;
      /** Time passes only when the scenario says `tick`. */
      readonly manualTicks?: boolean;
    }
  | { readonly kind: 'replica'; readonly viewService: Address; readonly pingIntervalMs: number }
  | { readonly kind: 'client'; readonly viewService: Address }
  /** One of the two servers of a heartbeat pair, which has no view service. */
  | {
      readonly kind: 'pair-server';
      readonly members: readonly Address[];
      readonly pingIntervalMs: number;
      readonly deadPings: number;
    }
  /** A client of such a pair. */
  | { readonly kind: 'pair-client'; readonly members: readonly Address[] };

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
  block(from: Address, to: Address): void;
  unblock(from: Address, to: Address): void;
  /** Loses the next `count` messages of the kind. */
  drop(filter: MessageFilter, count: number): void;
  /** Delivers the next `count` messages of the kind twice. */
  duplicate(filter: MessageFilter, count: number): void;
  /** Holds back the next `count` messages of the kind until released. Returns the release. */
  hold(filter: MessageFilter, count: number): () => void;
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
  /** The newest view number with which its primary has pinged the view service. */
  latestAcknowledged(): number;
  /** How many requests were sent so far from one node to another. */
  requestsSent(filter: LinkFilter): number;
  /** How many bytes of requests and responses were sent so far from one node to another. */
  bytesSent(filter: LinkFilter): number;
  /** What went wrong in a node where nobody could catch it, in the order it happened. */
  readonly failures: readonly NodeFailure[];
  readonly trace: readonly TraceEvent[];
}

export interface NodeFailure {
  readonly node: Address;
  readonly where: string;
  readonly message: string;
  readonly stack: string;
}
