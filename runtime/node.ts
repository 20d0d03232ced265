/**
 * The boundary of a node: all that a server or client may use of the outside world. Code that keeps
 * to it runs unchanged on the real network, in the simulation and in the explorer.
 */
import * as v from 'valibot';
import type { Binding, Remote, Service } from './service';

/** Anything that JSON can say: what may stand in a message, a log line or a trace. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Names a node: `host:port` on the real network, `s1`, `c2` in the simulation. */
export const Address = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.description('Address of a node, for instance `127.0.0.1:8001`.'),
);
export type Address = v.InferOutput<typeof Address>;

/** How long a call waits for its reply unless told otherwise: as long as five missed pings. */
export const defaultRpcTimeoutMs = 500;

export interface Runtime {
  /** The address under which the other nodes reach this one. */
  readonly address: Address;
  /** The methods of a service on another node. Opens nothing yet; each call rejects with RpcError. */
  connect<S extends Service>(service: S, to: Address): Remote<S>;
  /** Resolves after `durationMs` milliseconds of this node's own time: none, if they are less than 0. */
  sleep(durationMs: number): Promise<void>;
  /** Milliseconds on this node's own clock: monotonic, comparable with no other node's. */
  now(): number;
  /** A number in [0, 1), seeded in the simulated world. */
  random(): number;
  /** Leaves a line in the log and the trace: an event in kebab-case and what belongs to it, cut if long. */
  log(event: string, fields?: { readonly [key: string]: Json }): void;
}

/** What a node runs, made anew with empty memory at every start and restart. */
export interface NodeProgram {
  /** The services that other nodes may call here. */
  readonly serves: readonly Binding[];
  /** Called once, before anything else. What it rejects with, or throws, is a bug of the program. */
  start?(): unknown;
  /** Called every tickIntervalMs, whether or not the one before is done; as `start`, it must catch. */
  tick?(): unknown;
  readonly tickIntervalMs?: number;
  /** For clients: carries out one operation of the user, named `f`. */
  invoke?(f: string, args: Json): Promise<Json>;
  /** The state of the node, for people to look at. */
  inspect?(): Json;
  /** The object that holds all that the node remembers, for the explorer to compare. */
  readonly memory?: object;
}

/** Makes the program of a node from the runtime that it is to use. */
export type Boot = (runtime: Runtime) => NodeProgram;
