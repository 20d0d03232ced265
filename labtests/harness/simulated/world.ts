/**
 * The simulated world: virtual time, everything random drawn from one seed. One event happens at a
 * time: a node gets one input, settles, and what it did is carried out; then the scenario goes on as
 * far as it can, and only then comes the next event. So a run is a function of the seed and the
 * code, and the same seed gives the same trace, byte for byte, wherever its nodes live.
 */

import { messageOf } from '../../../runtime/errors';
import type { Address, Json } from '../../../runtime/node';
import { defaultRpcTimeoutMs } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import type { TraceEvent } from '../../../runtime/trace';
import { noView, type View } from '../../../viewservice/api';
import { type Random, seededRandom } from '../seeded-random';
import type { LinkFilter, MessageFilter, NodeFailure, Role, World } from '../world';
import { EventQueue } from './event-queue';
import { settled } from './in-process-host';
import { Network, stormyWeather } from './network';
import { SimulatedNode } from './node';
import type { NodeHost, NodeInput, NodeOutput } from './node-host';

export interface SimulatedWorldOptions {
  readonly seed: number;
  /** Where its nodes live. */
  readonly host: NodeHost;
  /** Keeps the trace, which costs time and memory. */
  readonly tracing: boolean;
  /** Views are learned from what nodes log: there is no view service whose answers would tell. */
  readonly viewsFromLogs?: boolean;
  /** Told before each input which node gets it: what a watchdog reads when a node hangs. */
  readonly onInput?: (node: Address, what: string) => void;
  /** Asked of each message between nodes as it is about to arrive; undefined: it arrives. */
  readonly onArrival?: (message: Arriving) => Arrival | undefined;
}

/** A message that is about to arrive. */
export type Arriving = Pick<Message, 'kind' | 'from' | 'to' | 'call'>;

/** What becomes of a message instead: it never arrives, it arrives later, or once more later. */
export type Arrival =
  | { readonly type: 'lost' }
  | { readonly type: 'later' | 'twice'; readonly afterMs: number };

interface Message {
  readonly kind: 'request' | 'response';
  readonly from: Address;
  readonly to: Address;
  /** The id of the call, given by the caller. */
  readonly id: number;
  /** Service.method */
  readonly call: string;
  /** JSON: a message is copied when it is sent. */
  readonly body: string;
  readonly fromIncarnation: number;
  readonly toIncarnation: number;
}

/** More virtual time than any scenario needs: a run that gets there goes round in circles. */
const maxVirtualMs = 30 * 60_000;
/** Clocks of nodes run up to 2 % fast or slow. */
const clockDrift = 0.02;
/** How much of the trace is kept. */
const maxTraceEvents = 200_000;

interface Given {
  readonly node: SimulatedNode;
  readonly outputs: Promise<readonly NodeOutput[]>;
}

interface Condition {
  readonly holds: () => boolean;
  readonly resolve: (held: boolean) => void;
}

export class SimulatedWorld implements World {
  readonly kind = 'simulated';
  readonly failures: NodeFailure[] = [];
  readonly trace: TraceEvent[] = [];
  /** Messages delivered so far. */
  delivered = 0;

  private readonly options: SimulatedWorldOptions;
  private readonly queue = new EventQueue();
  private readonly network: Network;
  private readonly choices: Random;
  private readonly nodes = new Map<Address, SimulatedNode>();
  private readonly invocations = new Map<number, (result: CallResult) => void>();
  private readonly outsideCalls = new Map<number, (result: CallResult | undefined) => void>();
  private readonly requestCounts: LinkCounts = new Map();
  private readonly byteCounts: LinkCounts = new Map();
  private conditions: Condition[] = [];
  private time = 0;
  private nextId = 1;
  private view: View = noView;
  private acknowledged = 0;
  /** Who got the last input: whoever fails now. */
  private current: Address = 'nobody';
  /** What the node of this event is to do, once it has settled. */
  private given: Given | undefined;
  /** Something that the scenario waits for has happened. */
  private wakesScenario = false;

  constructor(options: SimulatedWorldOptions) {
    this.options = options;
    this.network = new Network(seededRandom(options.seed, 1));
    this.choices = seededRandom(options.seed, 2);
  }

  /**
   * Runs a scenario to its end: one event after the other, as long as the scenario waits for
   * something. Rejects with what the scenario throws.
   */
  async run(scenario: () => Promise<void>): Promise<void> {
    const onRejection = (error: unknown) => {
      const stack = error instanceof Error ? (error.stack ?? '') : '';
      this.fail('a promise that nobody awaits', messageOf(error), stack);
    };
    process.on('unhandledRejection', onRejection);
    let finished = false;
    const outcome = scenario().finally(() => {
      finished = true;
    });
    // It is awaited below; until then a failure must not count as unhandled.
    outcome.catch(() => undefined);
    try {
      await settled();
      while (!finished) {
        this.nextEvent();
        await this.settleNode();
        // All that the scenario does in consequence happens before the next event, and what it
        // finds out may be what it waits for elsewhere.
        if (this.wakesScenario) await this.settleScenario();
        if (this.conditions.length > 0) this.resolveConditions();
        if (this.wakesScenario) await this.settleScenario();
      }
      await outcome;
    } finally {
      process.off('unhandledRejection', onRejection);
      for (const node of this.nodes.values()) node.crash();
    }
  }

  private async settleNode(): Promise<void> {
    if (this.given === undefined) return;
    const { node, outputs } = this.given;
    this.given = undefined;
    for (const output of await outputs) this.carryOut(node, output);
  }

  private async settleScenario(): Promise<void> {
    this.wakesScenario = false;
    await settled();
  }

  now(): number {
    return this.time;
  }

  random(): number {
    return this.choices();
  }

  latestView(): View {
    return this.view;
  }

  latestAcknowledged(): number {
    return this.acknowledged;
  }

  // Nodes

  start(name: Address, role: Role): void {
    const stream = 100 + this.nodes.size;
    const random = seededRandom(this.options.seed, stream);
    const node = new SimulatedNode({
      name,
      role,
      host: this.options.host,
      random,
      clockRate: 1 + clockDrift * (2 * random() - 1),
      rpcTimeoutMs: defaultRpcTimeoutMs,
    });
    this.nodes.set(name, node);
    this.boot(node);
  }

  restart(name: Address): void {
    const node = this.node(name);
    if (node.isRunning) throw new Error(`${name} runs already`);
    this.boot(node);
  }

  crash(name: Address): void {
    const node = this.node(name);
    if (!node.isRunning) throw new Error(`${name} does not run`);
    // Whoever waits for an answer learns of the crash when the connection breaks, or does not.
    const noticed = this.choices() < 0.5;
    const waiting = [...node.unanswered.values()];
    node.crash();
    this.record({ t: this.time, node: name, type: 'crash' });
    if (noticed) for (const { from, id } of waiting) this.breakCall(from, name, id);
  }

  pause(name: Address): void {
    this.node(name).paused = true;
    this.record({ t: this.time, node: name, type: 'pause' });
  }

  resume(name: Address): void {
    const node = this.node(name);
    if (!node.paused) return;
    node.paused = false;
    this.record({ t: this.time, node: name, type: 'resume' });
    const { backlog } = node;
    node.backlog = [];
    if (node.missedTick) backlog.push({ type: 'tick' });
    node.missedTick = false;
    for (const input of backlog) this.giveSoon(node, input);
  }

  isRunning(name: Address): boolean {
    const node = this.node(name);
    return node.isRunning && !node.paused;
  }

  tick(name: Address): void {
    this.giveSoon(this.node(name), { type: 'tick' });
  }

  /** The state of a node, for people to look at. */
  inspect(name: Address): Promise<Json> {
    return this.node(name).running?.inspect() ?? Promise.resolve(null);
  }

  private node(name: Address): SimulatedNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  private boot(node: SimulatedNode): void {
    this.record({ t: this.time, node: node.name, type: 'start' });
    node.start(this.time);
    this.giveSoon(node, { type: 'start' });
  }

  private booted(node: SimulatedNode, tickIntervalMs: number | null): void {
    const isManual = node.options.role.kind === 'view-service' && node.options.role.manualTicks;
    if (tickIntervalMs !== null && !isManual) this.scheduleTick(node, tickIntervalMs);
  }

  private scheduleTick(node: SimulatedNode, intervalMs: number): void {
    const { incarnation } = node;
    this.queue.add(this.time + intervalMs / node.options.clockRate, () => {
      if (node.incarnation !== incarnation || !node.isRunning) return;
      if (node.paused) node.missedTick = true;
      else this.give(node, { type: 'tick' });
      this.scheduleTick(node, intervalMs);
    });
  }

  /** Hands over an input as an event of its own: an event is one input of one node at most. */
  private giveSoon(node: SimulatedNode, input: NodeInput, atMs = this.time): void {
    const { incarnation } = node;
    this.queue.add(atMs, () => this.giveIfSame(node, incarnation, input));
  }

  private giveIfSame(node: SimulatedNode, incarnation: number, input: NodeInput): void {
    if (node.incarnation !== incarnation || !node.isRunning) return;
    if (node.paused) node.backlog.push(input);
    else this.give(node, input);
  }

  private give(node: SimulatedNode, input: NodeInput): void {
    if (this.options.tracing && (input.type === 'tick' || input.type === 'timer')) {
      this.record({ t: this.time, node: node.name, ...input });
    }
    this.current = node.name;
    this.options.onInput?.(node.name, nameOf(input));
    this.given = { node, outputs: node.give(input, this.time) };
  }

  private fail(where: string, message: string, stack: string): void {
    this.failures.push({ node: this.current, where, message, stack });
    this.record({ t: this.time, node: this.current, type: 'failure', where, error: message });
  }

  // What nodes do

  private carryOut(node: SimulatedNode, output: NodeOutput): void {
    switch (output.type) {
      case 'booted':
        this.booted(node, output.tickIntervalMs);
        break;
      case 'request': {
        const { to, id, call, body } = output;
        count(this.requestCounts, node.name, to, 1);
        this.send('request', node.name, to, id, call, body);
        break;
      }
      case 'response': {
        const { to, id, body } = output;
        const key = `${to} ${id}`;
        const call = node.unanswered.get(key)?.call ?? '';
        node.unanswered.delete(key);
        if (call.startsWith('ViewService.')) this.noticeView(node.name, JSON.parse(body));
        this.send('response', node.name, to, id, call, body);
        break;
      }
      case 'timer': {
        const { timer, durationMs } = output;
        const { incarnation } = node;
        const event = this.queue.add(this.time + durationMs / node.options.clockRate, () => {
          node.timers.delete(timer);
          this.giveIfSame(node, incarnation, { type: 'timer', timer });
        });
        node.timers.set(timer, event);
        break;
      }
      case 'cancel-timer': {
        const event = node.timers.get(output.timer);
        if (event !== undefined) event.cancelled = true;
        node.timers.delete(output.timer);
        break;
      }
      case 'return': {
        const { id } = output;
        const result: CallResult = JSON.parse(output.body);
        this.record({ t: this.time, node: node.name, type: 'return', operation: id, result });
        this.invocations.get(id)?.(result);
        this.invocations.delete(id);
        break;
      }
      case 'log': {
        const { type, event, body } = output;
        const fields = JSON.parse(body);
        this.record({ t: this.time, node: node.name, type, event, fields });
        if (this.options.viewsFromLogs) this.noticeLog(node.name, event, fields);
        break;
      }
      case 'failure':
        this.current = node.name;
        this.fail(output.where, output.message, output.stack);
        break;
    }
  }

  /** An arbiter says what it made of the view; whoever acknowledged it had it written down. */
  private noticeLog(node: Address, event: string, fields: Json): void {
    if (event === 'view') this.noticeNewView(node, fields as unknown as View);
    if (event === 'acknowledged') {
      this.acknowledged = (fields as { viewnum: number }).viewnum;
    }
  }

  private noticeView(node: Address, result: CallResult): void {
    if ('reply' in result) this.noticeNewView(node, result.reply as View);
  }

  private noticeNewView(node: Address, view: View): void {
    if (view.viewnum <= this.view.viewnum) return;
    this.view = { ...view };
    this.record({ t: this.time, node, type: 'view', ...this.view });
  }

  private noticePing(body: string): void {
    const { server, viewnum } = JSON.parse(body) as { server?: Address; viewnum?: number };
    if (server === this.view.primary && viewnum === this.view.viewnum) this.acknowledged = viewnum;
  }

  requestsSent(filter: LinkFilter): number {
    return sumOf(this.requestCounts, filter);
  }

  bytesSent(filter: LinkFilter): number {
    return sumOf(this.byteCounts, filter);
  }

  // Messages

  private send(
    kind: Message['kind'],
    from: Address,
    to: Address,
    id: number,
    call: string,
    body: string,
  ): void {
    const fromIncarnation = this.nodes.get(from)?.incarnation ?? 0;
    const toIncarnation = this.nodes.get(to)?.incarnation ?? 0;
    const sent: Message = { kind, from, to, id, call, body, fromIncarnation, toIncarnation };
    this.recordMessage('send', sent);
    count(this.byteCounts, sent.from, sent.to, Buffer.byteLength(sent.body));
    const fate = this.network.fateOf(sent, this.time);
    if (fate.type !== 'arrives') {
      this.recordMessage(fate.type === 'lost' ? 'drop' : 'block', sent);
      return;
    }
    const { timesMs } = fate;
    for (let copy = 0; copy < timesMs.length; copy += 1) {
      const timeMs = timesMs[copy] as number;
      if (copy > 0) this.recordMessage('duplicate', sent);
      if (timeMs !== Number.POSITIVE_INFINITY) this.queue.add(timeMs, () => this.reach(sent));
    }
  }

  /** A message arrives, unless somebody has other plans with it. */
  private reach(message: Message): void {
    const { from, to } = message;
    const isBetweenNodes = this.nodes.has(from) && this.nodes.has(to);
    const fate = isBetweenNodes ? this.options.onArrival?.(message) : undefined;
    if (fate?.type !== 'lost' && fate?.type !== 'later') this.arrive(message);
    if (fate === undefined) return;
    const types = { lost: 'drop', later: 'hold', twice: 'duplicate' } as const;
    this.recordMessage(types[fate.type], message);
    if (fate.type === 'lost') return;
    this.queue.add(this.time + fate.afterMs, () => this.arrive(message));
  }

  private arrive(message: Message): void {
    const { kind, from, to, id } = message;
    if (this.network.isBlocked(message)) {
      this.recordMessage('block', message);
      return;
    }
    const outside = kind === 'response' ? this.outsideCalls.get(id) : undefined;
    if (outside !== undefined && !this.nodes.has(to)) {
      this.delivered += 1;
      this.recordMessage('deliver', message);
      outside(JSON.parse(message.body));
      this.outsideCalls.delete(id);
      return;
    }
    const node = this.nodes.get(to);
    const sender = this.nodes.get(from);
    // What a crashed incarnation had in flight went down with its connections.
    if (sender !== undefined && sender.incarnation !== message.fromIncarnation) {
      this.recordMessage('drop', message);
      return;
    }
    if (node === undefined || !node.isRunning || node.incarnation !== message.toIncarnation) {
      this.recordMessage('drop', message);
      if (kind === 'request') this.refuse(message, node?.isRunning ?? false);
      return;
    }
    this.delivered += 1;
    this.recordMessage('deliver', message);
    const { call, body } = message;
    if (kind === 'request') {
      node.unanswered.set(`${from} ${id}`, { from, id, call });
      if (call === 'ViewService.ping') this.noticePing(body);
    }
    const input: NodeInput =
      kind === 'request'
        ? { type: 'request', from, id, call, body }
        : { type: 'response', id, body };
    if (node.paused) node.backlog.push(input);
    else this.give(node, input);
  }

  /** Nobody is there to take a request: often the system says so, sometimes there is silence. */
  private refuse({ from, to, id }: Message, isRestarted: boolean): void {
    if (this.choices() < 0.3) return;
    if (isRestarted) this.breakCall(from, to, id);
    else this.endCall(from, id, { code: 'refused', message: `${to} is not there` });
  }

  private breakCall(from: Address, to: Address, id: number): void {
    this.endCall(from, id, { code: 'connection-lost', message: `the connection to ${to} broke` });
  }

  private endCall(
    from: Address,
    id: number,
    error: { code: 'refused' | 'connection-lost'; message: string },
  ): void {
    const caller = this.nodes.get(from);
    if (caller === undefined) {
      this.outsideCalls.get(id)?.({ error });
      this.outsideCalls.delete(id);
      return;
    }
    this.giveSoon(caller, { type: 'response', id, body: encode({ error }) }, this.time + 1);
  }

  // Faults of the network

  block(from: Address, to: Address): void {
    this.record({ t: this.time, node: from, type: 'cut', to });
    this.network.block(from, to);
  }

  unblock(from: Address, to: Address): void {
    this.record({ t: this.time, node: from, type: 'mend', to });
    this.network.unblock(from, to);
  }

  drop(filter: MessageFilter, count: number): void {
    this.network.intercept({ matches: matcher(filter), fate: 'drop', remaining: count });
  }

  duplicate(filter: MessageFilter, count: number): void {
    this.network.intercept({ matches: matcher(filter), fate: 'duplicate', remaining: count });
  }

  hold(filter: MessageFilter, count: number): () => void {
    const held: Message[] = [];
    let released = false;
    const matches = matcher(filter);
    this.network.intercept({
      matches: (envelope) => {
        if (released || !matches(envelope)) return false;
        held.push(envelope as Message);
        return true;
      },
      fate: { holdMs: () => Number.POSITIVE_INFINITY },
      remaining: count,
    });
    return () => {
      released = true;
      for (const message of held.splice(0)) {
        this.queue.add(this.time + this.choices(), () => this.arrive(message));
      }
    };
  }

  storm(): void {
    this.network.weather = stormyWeather;
  }

  heal(): void {
    this.network.heal();
  }

  // What the scenario does

  invoke(client: Address, f: string, args: Json): Promise<CallResult> {
    const id = this.nextId++;
    this.record({ t: this.time, node: client, type: 'invoke', operation: id, f, args });
    return new Promise((resolve) => {
      this.invocations.set(id, (result) => this.wake(resolve, result));
      this.giveSoon(this.node(client), { type: 'invoke', id, f, body: encode(args) });
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
      const timeout = this.queue.add(this.time + withinMs, () => {
        this.outsideCalls.delete(id);
        this.wake(resolve, undefined);
      });
      this.outsideCalls.set(id, (result) => {
        timeout.cancelled = true;
        this.wake(resolve, result);
      });
      this.send('request', from, to, id, call, encode(args));
    });
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.queue.add(this.time + durationMs, () => this.wake(resolve, undefined));
    });
  }

  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const condition = { holds, resolve };
      this.conditions.push(condition);
      this.queue.add(this.time + withinMs, () => {
        const waits = this.conditions.includes(condition);
        this.conditions = this.conditions.filter((other) => other !== condition);
        if (waits) this.wake(resolve, holds());
      });
    });
  }

  private nextEvent(): void {
    const event = this.queue.take();
    if (event === undefined) throw new Error('the scenario waits for something that never happens');
    if (event.time > maxVirtualMs) {
      throw new Error(`the run took more than ${maxVirtualMs / 60_000} virtual minutes`);
    }
    this.time = event.time;
    event.run();
  }

  private resolveConditions(): void {
    const met = this.conditions.filter((condition) => condition.holds());
    if (met.length === 0) return;
    this.conditions = this.conditions.filter((condition) => !met.includes(condition));
    for (const condition of met) this.wake(condition.resolve, true);
  }

  /** Lets the scenario go on from where it waits. */
  private wake<T>(resolve: (value: T) => void, value: T): void {
    this.wakesScenario = true;
    resolve(value);
  }

  // The trace

  record(event: TraceEvent): void {
    if (!this.options.tracing || this.trace.length >= maxTraceEvents) return;
    this.trace.push(JSON.parse(JSON.stringify(event)));
  }

  private recordMessage(
    type: 'send' | 'deliver' | 'drop' | 'duplicate' | 'block' | 'hold',
    message: Message,
  ): void {
    if (!this.options.tracing) return;
    const { kind, id, from, to, call, body } = message;
    const node = type === 'deliver' ? to : from;
    const shown = body.length > 2_000 ? `${body.slice(0, 2_000)}...` : JSON.parse(body);
    this.record({ t: this.time, node, type, kind, id, from, to, call, body: shown });
  }
}

/** A number for each link, by sender and then by receiver. */
type LinkCounts = Map<Address, Map<Address, number>>;

function count(counts: LinkCounts, from: Address, to: Address, added: number): void {
  let ofSender = counts.get(from);
  if (ofSender === undefined) {
    ofSender = new Map();
    counts.set(from, ofSender);
  }
  ofSender.set(to, (ofSender.get(to) ?? 0) + added);
}

function sumOf(counts: LinkCounts, { from, to }: LinkFilter): number {
  let sum = 0;
  for (const [sender, ofSender] of counts) {
    if (from !== undefined && sender !== from) continue;
    for (const [receiver, counted] of ofSender) {
      if (to === undefined || to === receiver) sum += counted;
    }
  }
  return sum;
}

function nameOf(input: NodeInput): string {
  return input.type === 'request' ? input.call : `a ${input.type}`;
}

function encode(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

function matcher({ from, to, kind }: MessageFilter) {
  return (message: { from: Address; to: Address; kind: string }) =>
    (from === undefined || message.from === from) &&
    (to === undefined || message.to === to) &&
    (kind === undefined || message.kind === kind);
}
