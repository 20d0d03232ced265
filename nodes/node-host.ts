/**
 * The host of the nodes of a simulated world. A world knows of a node only its inputs and its
 * outputs, as plain data: the body of a message is JSON text already when it crosses. So a node
 * may as well live in a process of its own, and neither side can reach into the other.
 */
import type { Address, Json } from '../runtime/node';
import type { NodeBug } from '../runtime/node-bug';
import type { Bodies } from './bodies';
import type { Role } from './role';

/** The inputs of a node, given one at a time. */
export type NodeInput =
  | { readonly type: 'start' }
  | { readonly type: 'tick' }
  | { readonly type: 'timer'; readonly timer: number }
  /** `call` is `Service.method`, `body` its arguments in JSON. */
  | {
      readonly type: 'request';
      readonly from: Address;
      readonly id: number;
      readonly call: string;
      readonly body: string;
    }
  /** `body` is a CallResult in JSON. */
  | { readonly type: 'response'; readonly id: number; readonly body: string }
  /** `body` is the arguments of the operation in JSON. */
  | { readonly type: 'invoke'; readonly id: number; readonly f: string; readonly body: string }
  /** Asks what it remembers: of a node with `fingerprints` alone. It takes no notice of that. */
  | { readonly type: 'recall' };

/** The outputs of a node in consequence. */
export type NodeOutput =
  /** The node has booted; `tickIntervalMs` is null when it has no ticks. */
  | { readonly type: 'booted'; readonly tickIntervalMs: number | null }
  | {
      readonly type: 'request';
      readonly to: Address;
      readonly id: number;
      readonly call: string;
      readonly body: string;
    }
  /** `body` is a CallResult in JSON, as it is in `return`. */
  | {
      readonly type: 'response';
      readonly to: Address;
      readonly id: number;
      readonly body: string;
    }
  | { readonly type: 'timer'; readonly timer: number; readonly durationMs: number }
  | { readonly type: 'cancel-timer'; readonly timer: number }
  | { readonly type: 'return'; readonly id: number; readonly body: string }
  /** `body` is the fields in JSON. */
  | { readonly type: 'log'; readonly event: string; readonly body: string }
  | NodeBug
  /** In answer to `recall`: equal texts mean equal memories; null: nobody can tell. */
  | { readonly type: 'memory'; readonly fingerprint: string | null };

/** One incarnation of a node: from a start to a crash. */
export interface IncarnationOptions {
  readonly address: Address;
  readonly role: Role;
  /** Counts the starts of the node from 0. */
  readonly incarnation: number;
  /** The seed of its `runtime.random()`. */
  readonly seed: number;
  readonly rpcTimeoutMs: number;
  /** True: the node can tell its memory in a form that can be compared. */
  readonly fingerprints?: boolean;
  /**
   * It may share its modules with the other incarnations that were opened with the same object: nothing
   * in them changes, and only one of the nodes runs at a time. A host need not take notice.
   */
  readonly sharing?: Sharing;
}

export interface Sharing {
  /** Set when a node did change something that is shared. */
  isBroken?: boolean;
}

export interface Incarnation {
  /**
   * Hands over one input at a time by the node's own clock, in milliseconds since its start.
   * Resolves with all that the node did, in order, once it has settled: nothing in it can go on
   * before it gets another input. Never rejects; the first input, `start`, boots it. `unheard`: it is
   * known already what the node says, and the bodies in the outputs may be empty.
   */
  give(input: NodeInput, nowMs: number, unheard?: boolean): Promise<readonly NodeOutput[]>;
  /** The state of the node, for people to look at. */
  inspect(): Promise<Json>;
  /** Ends it at once; what it still has to do is never done. */
  crash(): void;
}

export interface NodeHost {
  /** The code of nodes runs in this process, and what nobody catches there comes up here. */
  readonly isHere?: boolean;
  /** Of its nodes: a world that writes and reads them with it need not read long texts. */
  readonly bodies?: Bodies;
  open(options: IncarnationOptions): Incarnation;
}
