/**
 * The real world: the servers are processes behind fault proxies, the clients are in this process,
 * and time is what the clock on the wall says. A run cannot be repeated event by event; the seed
 * decides only what the scenario and the storms draw.
 */
import type { ArbiterKind } from '../../arbiter/arbiter-url';
import type { Role } from '../../nodes/role';
import { Faults } from '../../runtime/faults';
import type { Address, Json } from '../../runtime/node';
import { bugOf, unawaited } from '../../runtime/node-bug';
import type { CallResult } from '../../runtime/node-io';
import { type Random, seededRandom } from '../../runtime/seeded-random';
import type { TraceEvent } from '../../runtime/trace';
import type { View } from '../../viewservice/api';
import type { LinkFilter, MessageFilter, NodeFailure, RunnableWorld } from '../world';
import { AddressBook } from './address-book';
import type { CoordinationNode } from './coordination-node';
import { noManualTicks, RealNodes } from './nodes';
import { OutsideCalls } from './outside-calls';
import { ProxyObserver } from './proxy-observer';
import { RealWaits } from './scenario-waits';

export interface RealWorldOptions {
  readonly seed: number;
  /** Keeps the trace, which costs time and memory. */
  readonly tracing: boolean;
  /** Which service decides in the place of the view service; undefined: the view service. */
  readonly arbiter?: ArbiterKind | undefined;
  /** How many servers make that service. Default: one. */
  readonly arbiterServers?: number;
}

/** How long the view service may take to say its view, in milliseconds. */
const lookMs = 1_000;

export class RealWorld implements RunnableWorld {
  readonly kind = 'real';
  private readonly faults: Faults;
  private readonly choices: Random;
  private readonly names = new AddressBook();
  private readonly waits: RealWaits;
  private readonly observer: ProxyObserver;
  private readonly nodes: RealNodes;
  private readonly outside = new OutsideCalls();
  private operations = 0;

  constructor({ seed, tracing, arbiter, arbiterServers = 1 }: RealWorldOptions) {
    this.faults = new Faults(seededRandom(seed, 1));
    this.choices = seededRandom(seed, 2);
    const { names, faults } = this;
    const isNode = (caller: Address) =>
      names.nameOf(caller) !== caller || this.nodes.isClient(caller);
    this.waits = new RealWaits({
      allBegun: () => this.nodes.allBegun(),
      // A server that is broken will not fulfil anything.
      isHopeless: () => this.failures.length > 0,
    });
    const now = () => this.waits.now();
    const onChange = () => this.waits.look();
    this.observer = new ProxyObserver({ now, names, tracing, isNode, onChange });
    const { observer } = this;
    const elapse = (durationMs: number) => this.waits.elapse(durationMs);
    const parts = { faults, names, observer, now, elapse };
    this.nodes = new RealNodes({ arbiter, arbiterServers, ...parts });
  }

  /** Runs a scenario to its end, and ends all that was started. Rejects with what it throws. */
  async run(scenario: () => Promise<void>): Promise<void> {
    const onRejection = (error: unknown) => this.nodes.fail('a client', bugOf(unawaited, error));
    process.on('unhandledRejection', onRejection);
    try {
      await this.waits.limited(scenario());
    } finally {
      this.waits.close();
      this.outside.close();
      await this.nodes.close();
      process.off('unhandledRejection', onRejection);
    }
  }

  now(): number {
    return this.waits.now();
  }

  random(): number {
    return this.choices();
  }

  get trace(): readonly TraceEvent[] {
    return this.observer.trace.events;
  }

  get delivered(): number {
    return this.observer.delivered;
  }

  latestView(): View {
    return this.observer.views.view;
  }

  latestAcknowledged(): number {
    return this.observer.views.acknowledged;
  }

  restartMs(server: Address): number {
    return this.observer.views.restartMs(server);
  }

  heardMs(from: Address, to: Address): number {
    return this.observer.heardMs(from, to);
  }

  /** Takes some milliseconds, past all faults but a pause; under an arbiter it is what servers say. */
  async viewNow(): Promise<View> {
    const name = this.nodes.viewService;
    if (name === undefined || !this.isRunning(name)) return this.observer.views.view;
    const result = await this.call(name, 'ViewService.get', {}, lookMs, 'observer');
    return result !== undefined && 'reply' in result
      ? (result.reply as View)
      : this.observer.views.view;
  }

  requestsSent(filter: LinkFilter): number {
    return this.observer.requests.sum(filter);
  }

  bytesSent(filter: LinkFilter): number {
    return this.observer.bytes.sum(filter);
  }

  // Nodes

  get failures(): readonly NodeFailure[] {
    return this.nodes.failures;
  }

  /** The processes that run, in the order in which their nodes were first started. */
  get pids(): number[] {
    return this.nodes.pids;
  }

  /** The service that decides in the place of the view service, for faults of its own. */
  get coordination(): CoordinationNode {
    return this.nodes.coordination;
  }

  start(name: Address, role: Role): void {
    this.nodes.start(name, role);
  }

  restart(name: Address): void {
    this.nodes.restart(name);
  }

  crash(name: Address): void {
    this.nodes.crash(name);
  }

  pause(name: Address): void {
    this.nodes.pause(name);
  }

  resume(name: Address): void {
    this.nodes.resume(name);
  }

  isRunning(name: Address): boolean {
    return this.nodes.isRunning(name);
  }

  tick(): void {
    throw new Error(noManualTicks);
  }

  // Faults of the network

  cut(from: Address, to: Address): void {
    this.faults.cut(from, to);
  }

  mend(from: Address, to: Address): void {
    this.faults.mend(from, to);
  }

  drop(filter: MessageFilter, count: number): void {
    this.faults.drop(filter, count);
  }

  duplicate(filter: MessageFilter, count: number): void {
    this.faults.duplicate(filter, count);
  }

  hold(filter: MessageFilter, count: number): () => void {
    return this.faults.hold(filter, count);
  }

  refuse(): void {
    throw new Error('in the real world it is servers that refuse');
  }

  storm(): void {
    this.faults.storm();
  }

  heal(): void {
    this.faults.heal();
  }

  // The moves of the scenario

  async invoke(client: Address, f: string, args: Json): Promise<CallResult> {
    this.operations += 1;
    const operation = this.operations;
    const node = this.nodes.client(client);
    this.observer.trace.record({ t: this.now(), node: client, type: 'invoke', operation, f, args });
    const result = this.named(await node.invoke(f, args));
    this.observer.trace.record({ t: this.now(), node: client, type: 'return', operation, result });
    return result;
  }

  async call(
    to: Address,
    call: string,
    args: Json,
    withinMs: number,
    from = 'test',
  ): Promise<CallResult | undefined> {
    await this.nodes.server(to).begun;
    const isAboutViews = call.startsWith('ViewService.');
    const sent = isAboutViews ? this.names.withAddresses(args) : args;
    const result = await this.outside.call(
      from,
      await this.nodes.addressOf(to),
      call,
      sent,
      withinMs,
    );
    return isAboutViews ? this.names.withNames(result) : result && this.named(result);
  }

  /** In values of clients nothing is replaced, whatever they look like. */
  private named(result: CallResult): CallResult {
    return 'error' in result ? this.names.withNames(result) : result;
  }

  sleep(durationMs: number): Promise<void> {
    return this.waits.sleep(durationMs);
  }

  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    return this.waits.until(holds, withinMs);
  }
}
