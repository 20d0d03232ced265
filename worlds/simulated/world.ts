/**
 * The simulated world: virtual time, everything random drawn from one seed. One event happens at a
 * time: a node gets one input, settles, and what it did is carried out; then the scenario goes on as
 * far as it can, and only then comes the next event. So a run is a function of the seed and the
 * code, and the same seed gives the same trace, byte for byte, wherever its nodes live.
 */

import type { Failure } from '../../judging/failure';
import { Bodies } from '../../nodes/bodies';
import type { NodeOutput } from '../../nodes/node-host';
import type { Role } from '../../nodes/role';
import { settled } from '../../nodes/settled';
import type { Address, Json } from '../../runtime/node';
import { bugOf, unawaited } from '../../runtime/node-bug';
import type { CallResult } from '../../runtime/node-io';
import { type Random, seededRandom } from '../../runtime/seeded-random';
import type { TraceEvent } from '../../runtime/trace';
import type { View } from '../../viewservice/api';
import { TraceRecorder } from '../trace-recorder';
import type { LinkFilter, MessageFilter, NodeFailure, World } from '../world';
import { type Arrival, type Arriving, Delivery } from './delivery';
import type { SimulatedNode } from './node';
import { SimulatedNodes, type SimulatedNodesOptions } from './nodes';
import { ScenarioWaits } from './scenario-waits';
import { VirtualTimeline } from './timeline';
import { shadowed } from './view-shadow';
import { onlooker, SimulatedViews } from './views';

export interface SimulatedWorldOptions extends SimulatedNodesOptions {
  /** Keeps the trace, which costs time and memory. */
  readonly tracing: boolean;
  /** Views are learned from what nodes log: there is no view service whose answers would tell. */
  readonly viewsFromLogs?: boolean;
  /** Asked of each message between nodes as it is about to arrive; undefined: it arrives. */
  readonly onArrival?: (message: Arriving) => Arrival | undefined;
}

export class SimulatedWorld implements World {
  readonly kind = 'simulated';
  private readonly options: SimulatedWorldOptions;
  private readonly bodies: Bodies;
  private readonly timeline = new VirtualTimeline();
  private readonly waits = new ScenarioWaits(this.timeline);
  private readonly recorder: TraceRecorder;
  private readonly nodes: SimulatedNodes;
  private readonly delivery: Delivery;
  private readonly choices: Random;
  private readonly invocations = new Map<number, (result: CallResult) => void>();
  private nextId = 1;
  private readonly views: SimulatedViews;
  readonly refuse: World['refuse'] = (...how) => this.delivery.refuseNext(...how);

  constructor(options: SimulatedWorldOptions) {
    const { seed, tracing, viewsFromLogs = false, onArrival } = options;
    this.options = options;
    this.bodies = options.host.bodies ?? new Bodies();
    this.choices = seededRandom(seed, 2);
    this.recorder = new TraceRecorder(tracing);
    const withShadow = shadowed(options.host, {
      onView: (node, view) => this.views.draw(node, view),
      onLeft: (node) => this.views.undraw(node),
      goesOn: () => !this.nodes.isLost,
    });
    const host = tracing && !viewsFromLogs ? withShadow : options.host;
    this.nodes = new SimulatedNodes({ ...options, host }, this.timeline, this.recorder);
    const onRequest = (call: string, body: string) => {
      if (call === 'ViewService.ping') this.views.watcher.pinged(JSON.parse(body) ?? {});
    };
    const { bodies, choices, nodes, timeline, waits, recorder } = this;
    const network = { weather: seededRandom(seed, 1), choices, bodies, onArrival, onRequest };
    this.delivery = new Delivery(network, nodes, timeline, recorder);
    this.views = new SimulatedViews(viewsFromLogs, nodes, timeline, waits, recorder);
  }

  /**
   * Runs a scenario to its end: one event after the other, as long as the scenario waits for
   * something. Rejects with what the scenario throws.
   */
  async run(scenario: () => Promise<void>): Promise<void> {
    const { nodes, waits, timeline } = this;
    const onRejection = (error: unknown) => {
      if (!nodes.isLost) nodes.fail(bugOf(unawaited, error));
    };
    process.on('unhandledRejection', onRejection);
    const onException = (error: unknown) => nodes.fail(bugOf('a callback', error));
    if (this.options.host.isHere) process.on('uncaughtException', onException);
    let finished = false;
    const outcome = scenario().finally(() => {
      finished = true;
    });
    // The promise is awaited below; until then a failure must not count as unhandled.
    outcome.catch(() => undefined);
    try {
      await settled();
      // A run that cannot pass any more is over: what came later would only be its consequence.
      while (!finished && !nodes.isLost) {
        timeline.advance();
        await this.settleNode();
        // All that the scenario does in consequence happens before the next event, and what it
        // finds out may be what it waits for elsewhere.
        if (waits.isWoken) await waits.goOn();
        waits.look();
        if (waits.isWoken) await waits.goOn();
      }
      if (finished) await outcome;
    } finally {
      process.off('unhandledRejection', onRejection);
      process.off('uncaughtException', onException);
      nodes.crashAll();
    }
  }

  private async settleNode(): Promise<void> {
    const given = this.nodes.takeGiven();
    if (given === undefined) return;
    const { node, input, outputs } = given;
    const done = await outputs;
    this.views.see(node, input, done);
    for (const output of done) this.carryOut(node, output);
    this.views.endOf(input);
  }

  /** Does what a node wants done. */
  private carryOut(node: SimulatedNode, output: NodeOutput): void {
    const at = { t: this.now(), node: node.name };
    switch (output.type) {
      case 'booted':
        this.nodes.booted(node, output.tickIntervalMs);
        break;
      case 'request': {
        const { to, id, call, body } = output;
        this.delivery.requests.add(node.name, to, 1);
        this.delivery.send({ kind: 'request', from: node.name, to, id, call, body });
        break;
      }
      case 'response':
        this.respond(node, output);
        break;
      case 'timer':
        this.nodes.setTimer(node, output.timer, output.durationMs);
        break;
      case 'cancel-timer':
        this.nodes.cancelTimer(node, output.timer);
        break;
      case 'return': {
        const { id } = output;
        const result = this.bodies.read(output.body) as CallResult;
        this.recorder.record({ ...at, type: 'return', operation: id, result });
        this.invocations.get(id)?.(result);
        this.invocations.delete(id);
        this.delivery.noteProgress();
        break;
      }
      case 'log': {
        const { type, event, body } = output;
        const fields = JSON.parse(body);
        this.recorder.record({ ...at, type, event, fields });
        this.views.logged(node.name, event, fields);
        break;
      }
      case 'failure':
        this.nodes.fail(output, node.name);
        break;
    }
  }

  private respond(node: SimulatedNode, output: NodeOutput & { readonly type: 'response' }): void {
    const { to, id, body } = output;
    if (to === onlooker) {
      this.views.answered(id, JSON.parse(body));
      return;
    }
    const key = `${to} ${id}`;
    const call = node.unanswered.get(key)?.call ?? '';
    node.unanswered.delete(key);
    if (call.startsWith('ViewService.')) this.views.told(node.name, call, JSON.parse(body));
    this.delivery.send({ kind: 'response', from: node.name, to, id, call, body });
  }

  // Views

  get misuse(): Failure | undefined {
    return this.views.misuse;
  }

  latestView(): View {
    return this.views.watcher.view;
  }

  latestAcknowledged(): number {
    return this.views.watcher.acknowledged;
  }

  restartMs(server: Address): number {
    return this.views.watcher.restartMs(server);
  }

  viewNow(): Promise<View> {
    return this.views.ask(() => this.nextId++);
  }

  // Nodes

  get failures(): readonly NodeFailure[] {
    return this.nodes.failures;
  }

  start(name: Address, role: Role): void {
    this.nodes.start(name, role);
  }

  restart(name: Address): void {
    this.nodes.restart(name);
  }

  crash(name: Address): void {
    // A caller that waits for an answer learns of the crash when the connection breaks, or does not.
    const noticed = this.choices() < 0.5;
    const waiting = this.nodes.crash(name);
    if (noticed) for (const { from, id } of waiting) this.delivery.breakCall(from, name, id);
  }

  pause(name: Address): void {
    this.nodes.pause(name);
  }

  resume(name: Address): void {
    this.nodes.resume(name);
  }

  isRunning(name: Address): boolean {
    const node = this.nodes.get(name);
    return node.isRunning && !node.paused;
  }

  tick(name: Address): void {
    this.nodes.giveSoon(this.nodes.get(name), { type: 'tick' });
  }

  /** The state of a node, for people to look at. */
  inspect(name: Address): Promise<Json> {
    return this.nodes.get(name).running?.inspect() ?? Promise.resolve(null);
  }

  // Faults of the network

  cut(from: Address, to: Address): void {
    this.record({ t: this.now(), node: from, type: 'cut', to });
    this.delivery.faults.cut(from, to);
  }

  mend(from: Address, to: Address): void {
    this.record({ t: this.now(), node: from, type: 'mend', to });
    this.delivery.faults.mend(from, to);
  }

  drop(filter: MessageFilter, count: number): void {
    this.delivery.faults.drop(filter, count);
  }

  duplicate(filter: MessageFilter, count: number): void {
    this.delivery.faults.duplicate(filter, count);
  }

  hold(filter: MessageFilter, count: number): () => void {
    return this.delivery.faults.hold(filter, count);
  }

  storm(): void {
    this.delivery.faults.storm();
  }

  heal(): void {
    this.delivery.faults.heal();
  }

  // The moves of the scenario, and sees

  now(): number {
    return this.timeline.now;
  }

  random(): number {
    return this.choices();
  }

  invoke(client: Address, f: string, args: Json): Promise<CallResult> {
    const id = this.nextId++;
    this.record({ t: this.now(), node: client, type: 'invoke', operation: id, f, args });
    return new Promise((resolve) => {
      this.invocations.set(id, (result) => this.waits.wake(resolve, result));
      const input = { type: 'invoke', id, f, body: this.bodies.write(args) } as const;
      this.nodes.giveSoon(this.nodes.get(client), input);
    });
  }

  call(
    to: Address,
    call: string,
    args: Json,
    withinMs: number,
    from = 'test',
  ): Promise<CallResult | undefined> {
    const id = -this.nextId++;
    return new Promise((resolve) => {
      this.delivery.call(
        { from, to, id, call, body: this.bodies.write(args) },
        withinMs,
        (result) => this.waits.wake(resolve, result),
      );
    });
  }

  sleep(durationMs: number): Promise<void> {
    return this.waits.sleep(durationMs);
  }

  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    return this.waits.until(holds, withinMs);
  }

  get trace(): readonly TraceEvent[] {
    return this.recorder.events;
  }

  record(event: TraceEvent): void {
    this.recorder.record(event);
  }

  /** Messages delivered so far. */
  get delivered(): number {
    return this.delivery.delivered;
  }

  requestsSent(filter: LinkFilter): number {
    return this.delivery.requests.sum(filter);
  }

  bytesSent(filter: LinkFilter): number {
    return this.delivery.bytes.sum(filter);
  }

  heardMs(from: Address, to: Address): number {
    return this.delivery.arrivals.get(from, to) ?? Number.NEGATIVE_INFINITY;
  }
}
