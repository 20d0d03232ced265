/**
 * The nodes of a simulated world: starts and stops them, and hands over their inputs, each as an event
 * of its own.
 */

import { LivelockDetector } from '../../nodes/livelock';
import type { NodeHost, NodeInput, NodeOutput } from '../../nodes/node-host';
import type { Role } from '../../nodes/role';
import { assert } from '../../runtime/assert';
import { stubIn } from '../../runtime/errors';
import type { Address } from '../../runtime/node';
import { defaultRpcTimeoutMs } from '../../runtime/node';
import { bugInShort, type NodeBug } from '../../runtime/node-bug';
import { seededRandom } from '../../runtime/seeded-random';
import type { TraceRecorder } from '../trace-recorder';
import type { NodeFailure } from '../world';
import { SimulatedNode, type Unanswered } from './node';
import type { VirtualTimeline } from './timeline';

export interface SimulatedNodesOptions {
  readonly seed: number;
  /** Where they live. */
  readonly host: NodeHost;
  /** Told before each input which node gets it: what a watchdog reads when a node hangs. */
  readonly onInput?: ((node: Address, what: string) => void) | undefined;
}

/** An input that a node got, and what the node will have done when it has settled. */
export interface InputInProgress {
  readonly node: SimulatedNode;
  readonly input: NodeInput;
  readonly outputs: Promise<readonly NodeOutput[]>;
}

/** Clocks of nodes run up to 2 % fast or slow. */
const clockDrift = 0.02;
/**
 * The shortest timer, in milliseconds; that of Node.js is 1. Time passes in each, as on real machines: who sleeps until a time of its
 * own clock may wake up a rounding before it, and who sleeps for 0 ms until something is so waits for it to come.
 */
const shortestTimerMs = 0.1;
/** The most bugs of nodes that a run tells of. */
const maxFailures = 100;

export class SimulatedNodes {
  readonly failures: NodeFailure[] = [];
  /** A node has shown a bug. */
  isLost = false;
  private readonly options: SimulatedNodesOptions;
  private readonly timeline: VirtualTimeline;
  private readonly trace: TraceRecorder;
  private readonly nodes = new Map<Address, SimulatedNode>();
  private readonly pace = new LivelockDetector();
  /** The node that got the last input: a failure now is its failure. */
  private current: Address = 'the solution';
  private given: InputInProgress | undefined;

  constructor(options: SimulatedNodesOptions, timeline: VirtualTimeline, trace: TraceRecorder) {
    this.options = options;
    this.timeline = timeline;
    this.trace = trace;
  }

  has(name: Address): boolean {
    return this.nodes.has(name);
  }

  find(name: Address): SimulatedNode | undefined {
    return this.nodes.get(name);
  }

  get(name: Address): SimulatedNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** The view service, when one runs. */
  get viewService(): SimulatedNode | undefined {
    return [...this.nodes.values()].find(
      (node) => node.isRunning && node.options.role.program.is === 'decider',
    );
  }

  start(name: Address, role: Role): void {
    const { seed, host } = this.options;
    const random = seededRandom(seed, 100 + this.nodes.size);
    const drift = clockDrift * (2 * random() - 1);
    const node = new SimulatedNode({
      name,
      role,
      host,
      random,
      // The clock that ticks for a node is its own: where a scenario ticks, it goes by the time of the scenario.
      clockRate: role.manualTicks === true ? 1 : 1 + drift,
      rpcTimeoutMs: defaultRpcTimeoutMs,
    });
    this.nodes.set(name, node);
    this.boot(node);
  }

  restart(name: Address): void {
    const node = this.get(name);
    if (node.isRunning) throw new Error(`${name} runs already`);
    this.boot(node);
  }

  /** Returns the requests that wait for an answer of it. */
  crash(name: Address): Unanswered[] {
    const node = this.get(name);
    if (!node.isRunning) throw new Error(`${name} does not run`);
    const waiting = [...node.unanswered.values()];
    node.crash();
    this.trace.record({ t: this.timeline.now, node: name, type: 'crash' });
    return waiting;
  }

  crashAll(): void {
    for (const node of this.nodes.values()) node.crash();
  }

  pause(name: Address): void {
    this.get(name).paused = true;
    this.trace.record({ t: this.timeline.now, node: name, type: 'pause' });
  }

  resume(name: Address): void {
    const node = this.get(name);
    if (!node.paused) return;
    node.paused = false;
    this.trace.record({ t: this.timeline.now, node: name, type: 'resume' });
    const { backlog } = node;
    node.backlog = [];
    if (node.missedTick) backlog.push({ type: 'tick' });
    node.missedTick = false;
    for (const input of backlog) this.giveSoon(node, input);
  }

  /** Hands over an input as an event of its own: an event is one input of one node at most. */
  giveSoon(node: SimulatedNode, input: NodeInput, atMs = this.timeline.now): void {
    const { incarnation } = node;
    this.timeline.at(atMs, () => this.giveIfSame(node, incarnation, input));
  }

  /** Hands over an input now, or when a paused node goes on. */
  giveOrKeep(node: SimulatedNode, input: NodeInput, timerMs?: number): void {
    if (node.paused) node.backlog.push(input);
    else this.give(node, input, timerMs);
  }

  /** Hands over an input now. `timerMs`: how long the timer was that makes it. */
  give(node: SimulatedNode, input: NodeInput, timerMs?: number): void {
    const { now } = this.timeline;
    this.current = node.name;
    const endless = this.pace.note(node.name, input, now, timerMs);
    if (endless !== undefined) {
      this.fail(endless);
      return;
    }
    if (this.trace.isOn && (input.type === 'tick' || input.type === 'timer')) {
      this.trace.record({ t: now, node: node.name, ...input });
    }
    this.options.onInput?.(node.name, nameOf(input));
    assert(this.given === undefined, 'an event is one input of one node at most');
    this.given = { node, input, outputs: node.give(input, now) };
  }

  /** The input of this event, once; undefined: no node got one. */
  takeGiven(): InputInProgress | undefined {
    const { given } = this;
    this.given = undefined;
    return given;
  }

  /** A node has started, and has ticks of this interval. */
  booted(node: SimulatedNode, tickIntervalMs: number | null): void {
    const isManual = node.options.role.manualTicks === true;
    if (tickIntervalMs !== null && !isManual) this.scheduleTick(node, tickIntervalMs);
  }

  setTimer(node: SimulatedNode, timer: number, durationMs: number): void {
    const { incarnation } = node;
    const takesMs = Math.max(durationMs, shortestTimerMs);
    const event = this.timeline.after(takesMs / node.options.clockRate, () => {
      node.timers.delete(timer);
      this.giveIfSame(node, incarnation, { type: 'timer', timer }, durationMs);
    });
    node.timers.set(timer, event);
  }

  cancelTimer(node: SimulatedNode, timer: number): void {
    const event = node.timers.get(timer);
    if (event !== undefined) event.cancelled = true;
    node.timers.delete(timer);
  }

  /** The code of a node is wrong; without a name, that of the node that got the last input. */
  fail(bug: NodeBug, node = this.current): void {
    this.current = node;
    // A stub is not the end of a run: the report names all of them.
    this.isLost ||= stubIn(bug.message) === undefined;
    if (this.failures.length >= maxFailures) return;
    this.failures.push({ node, ...bug });
    const { type, where } = bug;
    this.trace.record({ t: this.timeline.now, node, type, where, error: bugInShort(bug) });
  }

  private boot(node: SimulatedNode): void {
    this.trace.record({ t: this.timeline.now, node: node.name, type: 'start' });
    node.start(this.timeline.now);
    this.giveSoon(node, { type: 'start' });
  }

  private scheduleTick(node: SimulatedNode, intervalMs: number): void {
    const { incarnation } = node;
    this.timeline.after(intervalMs / node.options.clockRate, () => {
      if (node.incarnation !== incarnation || !node.isRunning) return;
      if (node.paused) node.missedTick = true;
      else this.give(node, { type: 'tick' });
      this.scheduleTick(node, intervalMs);
    });
  }

  private giveIfSame(
    node: SimulatedNode,
    incarnation: number,
    input: NodeInput,
    timerMs?: number,
  ): void {
    if (node.incarnation !== incarnation || !node.isRunning) return;
    this.giveOrKeep(node, input, timerMs);
  }
}

function nameOf(input: NodeInput): string {
  return input.type === 'request' ? input.call : `a ${input.type}`;
}
