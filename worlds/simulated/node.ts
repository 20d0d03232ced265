/** A node of the simulated world: its incarnations, its clock, and what it is in the middle of. */

import type { Incarnation, NodeHost, NodeInput, NodeOutput } from '../../nodes/node-host';
import type { Role } from '../../nodes/role';
import { assert } from '../../runtime/assert';
import type { Address } from '../../runtime/node';
import type { Random } from '../../runtime/seeded-random';
import type { QueuedEvent } from './event-queue';

export interface SimulatedNodeOptions {
  readonly name: Address;
  readonly role: Role;
  readonly host: NodeHost;
  readonly random: Random;
  /** How fast its clock runs: 1.02 counts 102 ms while 100 ms pass. */
  readonly clockRate: number;
  readonly rpcTimeoutMs: number;
}

/** A request that was delivered to a node and has no response yet. */
export interface Unanswered {
  readonly from: Address;
  readonly id: number;
  readonly call: string;
}

export class SimulatedNode {
  readonly options: SimulatedNodeOptions;
  readonly name: Address;
  incarnation = -1;
  paused = false;
  /** A tick came while the node was paused: one of them is made up for. */
  missedTick = false;
  /** The inputs that arrived while the node was paused. */
  backlog: NodeInput[] = [];
  readonly timers = new Map<number, QueuedEvent>();
  readonly unanswered = new Map<string, Unanswered>();
  private current: Incarnation | null = null;
  private startedAt = 0;

  constructor(options: SimulatedNodeOptions) {
    this.options = options;
    this.name = options.name;
  }

  get isRunning(): boolean {
    return this.current !== null;
  }

  /** The incarnation that runs, for people to look at. */
  get running(): Incarnation | null {
    return this.current;
  }

  /** Begins an incarnation, at this time of the world; its first input must be `start`. */
  start(atMs: number): void {
    assert(this.current === null, 'a node has one incarnation at a time');
    this.incarnation += 1;
    this.startedAt = atMs;
    const { role, host, random, rpcTimeoutMs } = this.options;
    this.current = host.open({
      address: this.name,
      role,
      incarnation: this.incarnation,
      seed: Math.floor(random() * 2 ** 32),
      rpcTimeoutMs,
    });
  }

  /** Hands over an input at this time of the world; resolves with what the node did. */
  give(input: NodeInput, atMs: number): Promise<readonly NodeOutput[]> {
    const nowMs = (atMs - this.startedAt) * this.options.clockRate;
    return this.current?.give(input, nowMs) ?? Promise.resolve([]);
  }

  crash(): void {
    this.current?.crash();
    this.current = null;
    this.paused = false;
    this.missedTick = false;
    this.backlog = [];
    for (const timer of this.timers.values()) timer.cancelled = true;
    this.timers.clear();
    this.unanswered.clear();
  }
}
