/** A node of the simulated world: its incarnations, its clock, and what it is in the middle of. */
import type { Address, Boot } from '../../../runtime/node';
import { type Input, type Output, Reactor } from '../../../runtime/reactor';
import type { Random } from '../seeded-random';
import type { Role } from '../world';
import type { QueuedEvent } from './event-queue';

export interface SimulatedNodeOptions {
  readonly name: Address;
  readonly role: Role;
  readonly boot: Boot;
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
  reactor: Reactor | null = null;
  incarnation = -1;
  paused = false;
  /** A tick came while the node was paused: one of them is made up for. */
  missedTick = false;
  /** What arrived while the node was paused. */
  backlog: Input[] = [];
  readonly timers = new Map<number, QueuedEvent>();
  readonly unanswered = new Map<string, Unanswered>();

  constructor(options: SimulatedNodeOptions) {
    this.options = options;
    this.name = options.name;
  }

  get isRunning(): boolean {
    return this.reactor !== null;
  }

  start(now: () => number, emit: (output: Output) => void): Reactor {
    this.incarnation += 1;
    const { boot, random, clockRate, rpcTimeoutMs } = this.options;
    const startedAt = now();
    this.reactor = new Reactor({
      address: this.name,
      incarnation: this.incarnation,
      boot,
      now: () => (now() - startedAt) * clockRate,
      random,
      emit,
      rpcTimeoutMs,
    });
    return this.reactor;
  }

  crash(): void {
    this.reactor?.crash();
    this.reactor = null;
    this.paused = false;
    this.missedTick = false;
    this.backlog = [];
    for (const timer of this.timers.values()) timer.cancelled = true;
    this.timers.clear();
    this.unanswered.clear();
  }
}
