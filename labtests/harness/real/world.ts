/**
 * The real world: the servers are processes behind fault proxies, the clients are in this process,
 * and time is what the clock on the wall says. A run cannot be repeated event by event; the seed
 * decides only what the scenario and the storms draw.
 */
import { type ArbiterKind, type ArbiterUrl, formatArbiterUrl } from '../../../arbiter/open';
import { messageOf, notYet } from '../../../runtime/errors';
import { Faults } from '../../../runtime/faults';
import type { Address, Json } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import type { LogLine } from '../../../runtime/terminal/log-lines';
import type { TraceEvent } from '../../../runtime/trace';
import { FaultProxy } from '../../../runtime/websocket/fault-proxy';
import type { View } from '../../../viewservice/api';
import type { RunnableWorld } from '../run-scenario';
import { type Random, seededRandom } from '../seeded-random';
import type { LinkFilter, MessageFilter, NodeFailure, Role } from '../world';
import { ClientNode } from './client-node';
import { CoordinationNode } from './coordination-node';
import { Names } from './names';
import { Observer } from './observer';
import { OutsideCalls } from './outside-calls';
import { ServerNode } from './server-node';

export interface RealWorldOptions {
  readonly seed: number;
  /** Keeps the trace, which costs time and memory. */
  readonly tracing: boolean;
  /** Which service decides in the place of the view service; undefined: the view service. */
  readonly arbiter?: ArbiterKind | undefined;
  /** How many servers make that service. Default: one. */
  readonly arbiterServers?: number;
}

/**
 * Real machines are slow at times: a condition may take three times as long as the scenario says, but
 * not more than ten seconds longer, for some scenarios wait for what must not happen.
 */
const patience = { factor: 3, mostMs: 10_000 };
/** Milliseconds between two looks at conditions while nothing happens between nodes. */
const lookIntervalMs = 10;
/** More than any scenario needs: a run that takes this long goes round in circles. */
const maxRunMs = 5 * 60_000;

interface Condition {
  readonly holds: () => boolean;
  readonly resolve: (held: boolean) => void;
}

type ServerRole = Extract<Role, { readonly kind: 'view-service' | 'replica' }>;

export class RealWorld implements RunnableWorld {
  readonly kind = 'real';
  readonly failures: NodeFailure[] = [];
  private readonly names = new Names();
  private readonly observer: Observer;
  private readonly faults: Faults;
  private readonly choices: Random;
  private readonly servers = new Map<Address, ServerNode>();
  private readonly clients = new Map<Address, ClientNode>();
  private readonly arbiter: ArbiterKind | undefined;
  private readonly arbiterServers: number;
  private coordinationNode: CoordinationNode | undefined;
  private readonly arbiterUrls = new Map<Address, Promise<ArbiterUrl>>();
  private readonly proxies = new Map<Address, Promise<FaultProxy>>();
  private readonly outside = new OutsideCalls();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly conditions = new Set<Condition>();
  private readonly startedAt = performance.now();
  private operations = 0;
  private closed = false;

  constructor({ seed, tracing, arbiter, arbiterServers = 1 }: RealWorldOptions) {
    this.arbiter = arbiter;
    this.arbiterServers = arbiterServers;
    this.faults = new Faults(seededRandom(seed, 1));
    this.choices = seededRandom(seed, 2);
    const { names } = this;
    const isNode = (caller: Address) => names.nameOf(caller) !== caller || this.clients.has(caller);
    const onChange = () => this.look();
    this.observer = new Observer({ now: () => this.now(), names, tracing, isNode, onChange });
  }

  /** Runs a scenario to its end, and ends all that was started. Rejects with what it throws. */
  async run(scenario: () => Promise<void>): Promise<void> {
    const onRejection = (error: unknown) =>
      this.fail('a client', 'a promise that nobody awaits', messageOf(error), error);
    process.on('unhandledRejection', onRejection);
    const looking = setInterval(() => this.look(), lookIntervalMs);
    try {
      await Promise.race([scenario(), this.overtime()]);
    } finally {
      clearInterval(looking);
      await this.close();
      process.off('unhandledRejection', onRejection);
    }
  }

  now(): number {
    return performance.now() - this.startedAt;
  }

  random(): number {
    return this.choices();
  }

  get trace(): readonly TraceEvent[] {
    return this.observer.trace;
  }

  get delivered(): number {
    return this.observer.delivered;
  }

  latestView(): View {
    return this.observer.view;
  }

  latestAcknowledged(): number {
    return this.observer.acknowledged;
  }

  requestsSent(filter: LinkFilter): number {
    return this.observer.requests.sum(filter);
  }

  bytesSent(filter: LinkFilter): number {
    return this.observer.bytes.sum(filter);
  }

  /** The processes that run, in the order in which their nodes were first started. */
  get pids(): number[] {
    return [...this.servers.values()].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** The service that decides in the place of the view service, for faults of its own. */
  get coordination(): CoordinationNode {
    if (this.coordinationNode === undefined) throw new Error('no coordination service runs');
    return this.coordinationNode;
  }

  // Nodes

  start(name: Address, role: Role): void {
    if (role.kind === 'pair-server' || role.kind === 'pair-client') {
      throw new Error('a heartbeat pair runs in the simulated world; for a real one: npm start');
    }
    this.note(name, 'start');
    if (role.kind === 'view-service' && this.arbiter !== undefined) {
      this.coordinationNode = this.makeCoordination(this.arbiter, name);
      this.coordinationNode.start();
      return;
    }
    if (role.kind === 'client') {
      const arbiter = () => this.arbiterFor(name, role.viewService);
      const client = new ClientNode({ name, arbiter });
      this.clients.set(name, client);
      client.start();
      return;
    }
    const server = this.makeServer(name, role);
    server.start(this.allBegun());
    this.servers.set(name, server);
  }

  restart(name: Address): void {
    const node = this.node(name);
    if (node.running) throw new Error(`${name} runs already`);
    this.note(name, 'start');
    node.start(this.allBegun());
  }

  crash(name: Address): void {
    const node = this.node(name);
    if (!node.running) throw new Error(`${name} does not run`);
    this.note(name, 'crash');
    node.crash();
  }

  pause(name: Address): void {
    this.note(name, 'pause');
    this.server(name).pause();
  }

  resume(name: Address): void {
    const server = this.server(name);
    if (!server.paused) return;
    this.note(name, 'resume');
    server.resume();
  }

  isRunning(name: Address): boolean {
    const node = this.node(name);
    return node.running && !(!(node instanceof ClientNode) && node.paused);
  }

  tick(): void {
    throw new Error('in the real world time cannot be told when to pass');
  }

  private makeServer(name: Address, role: ServerRole): ServerNode {
    const programArgs = async () => {
      const interval = ['--ping-interval-ms', String(role.pingIntervalMs)];
      if (role.kind === 'replica') {
        const arbiter = await this.arbiterFor(name, role.viewService);
        return typeof arbiter === 'string'
          ? [...interval, '--viewservice', arbiter]
          : [...interval, '--arbiter', formatArbiterUrl(arbiter)];
      }
      if (role.manualTicks) this.tick();
      return [...interval, '--dead-pings', String(role.deadPings)];
    };
    return new ServerNode({
      name,
      program: role.kind === 'replica' ? 'pbservice/main' : 'viewservice/main',
      args: programArgs,
      proxy: this.proxyOf(name),
      onLine: (line) => this.hear(name, line),
      onUnexpectedEnd: (how, errors) => {
        const message = `it ended by itself (${how})${errors === '' ? '' : `: ${gist(errors)}`}`;
        this.fail(name, 'its process', message, { stack: errors });
      },
    });
  }

  private makeCoordination(kind: ArbiterKind, name: Address): CoordinationNode {
    return new CoordinationNode({
      kind,
      servers: this.arbiterServers,
      name,
      faults: this.faults,
      onBytes: (from, to, count) => {
        // The protocol is not ours: a piece of it is as much as can be told of a request.
        this.observer.requests.add(from, to, 1);
        this.observer.bytes.add(from, to, count);
      },
    });
  }

  /** Who tells this node of views, and where it finds him; always the same for the same node. */
  private arbiterFor(node: Address, viewService: Address): Promise<Address | ArbiterUrl> {
    const { arbiterUrls } = this;
    if (this.arbiter === undefined) return this.addressOf(viewService);
    let url = arbiterUrls.get(node);
    if (url === undefined) {
      url = this.untilCoordination().then((coordination) => coordination.urlFor(node));
      arbiterUrls.set(node, url);
    }
    return url;
  }

  /** A client may come before the service. */
  private async untilCoordination(): Promise<CoordinationNode> {
    while (this.coordinationNode === undefined) await this.elapse(lookIntervalMs);
    return this.coordinationNode;
  }

  /** Opened when somebody first asks for it: a client may come before the server. */
  private proxyOf(name: Address): Promise<FaultProxy> {
    let proxy = this.proxies.get(name);
    if (proxy === undefined) {
      proxy = this.openProxy(name);
      this.proxies.set(name, proxy);
    }
    return proxy;
  }

  private async openProxy(name: Address): Promise<FaultProxy> {
    const proxy = await FaultProxy.open({
      name,
      faults: this.faults,
      nameOf: (address) => this.names.nameOf(address),
      onEvent: (event, message) => this.observer.notice(event, message),
    });
    this.names.add(name, proxy.address);
    return proxy;
  }

  private async addressOf(name: Address): Promise<Address> {
    return (await this.proxyOf(name)).address;
  }

  private server(name: Address): ServerNode | CoordinationNode {
    const { coordinationNode } = this;
    const server = coordinationNode?.name === name ? coordinationNode : this.servers.get(name);
    if (server === undefined) throw new Error(`there is no server ${name}`);
    return server;
  }

  private node(name: Address): ServerNode | ClientNode | CoordinationNode {
    return this.clients.get(name) ?? this.server(name);
  }

  private hear(name: Address, line: LogLine | string): void {
    const at = { t: this.now(), node: name };
    if (typeof line === 'string') {
      this.observer.record({ ...at, type: 'log', event: 'console', fields: { text: line } });
    } else if (line.type === 'log') {
      const { event } = line;
      const fields = this.names.withNames(line.fields);
      this.observer.record({ ...at, type: 'log', event, fields });
      if (this.arbiter !== undefined) this.observer.noticeLog(name, event, fields);
    } else if (line.type === 'failure') {
      const message = line.stub === undefined ? gist(line.error) : notYet(line.stub);
      this.fail(name, line.where, message, { stack: line.error });
    }
  }

  private fail(node: Address, where: string, message: string, error: unknown): void {
    if (this.closed) return;
    const { stack = '' } = (error ?? {}) as { stack?: string };
    const named = this.names.withNames(message);
    this.failures.push({ node, where, message: named, stack });
    this.observer.record({ t: this.now(), node, type: 'failure', where, error: named });
  }

  private note(node: Address, type: 'start' | 'crash' | 'pause' | 'resume'): void {
    this.observer.record({ t: this.now(), node, type });
  }

  // Faults of the network

  block(from: Address, to: Address): void {
    this.faults.block(from, to);
  }

  unblock(from: Address, to: Address): void {
    this.faults.unblock(from, to);
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

  storm(): void {
    this.faults.storm();
  }

  heal(): void {
    this.faults.heal();
  }

  // What the scenario does

  async invoke(client: Address, f: string, args: Json): Promise<CallResult> {
    this.operations += 1;
    const operation = this.operations;
    const node = this.clients.get(client);
    if (node === undefined) throw new Error(`there is no client ${client}`);
    this.observer.record({ t: this.now(), node: client, type: 'invoke', operation, f, args });
    const result = this.named(await node.invoke(f, args));
    this.observer.record({ t: this.now(), node: client, type: 'return', operation, result });
    return result;
  }

  async call(
    to: Address,
    call: string,
    args: Json,
    withinMs: number,
    from = 'test',
  ): Promise<CallResult | undefined> {
    await this.server(to).begun;
    const isAboutViews = call.startsWith('ViewService.');
    const sent = isAboutViews ? this.names.withAddresses(args) : args;
    const result = await this.outside.call(from, await this.addressOf(to), call, sent, withinMs);
    return isAboutViews ? this.names.withNames(result) : result && this.named(result);
  }

  /** In values of clients nothing is replaced, whatever they look like. */
  private named(result: CallResult): CallResult {
    return 'error' in result ? this.names.withNames(result) : result;
  }

  /** Counts from when all servers that were started are ready: to start takes no time elsewhere. */
  async sleep(durationMs: number): Promise<void> {
    await this.allBegun();
    await this.elapse(durationMs);
  }

  /** Looks whenever something happens, so that a scenario goes on before the next thing does. */
  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const condition = { holds, resolve };
      this.conditions.add(condition);
      const patientMs = Math.min(patience.factor * withinMs, withinMs + patience.mostMs);
      void this.sleep(patientMs).then(() => {
        if (this.conditions.delete(condition)) resolve(holds());
      });
    });
  }

  private look(): void {
    for (const condition of this.conditions) {
      // A server that is broken will not fulfil anything.
      const isHopeless = this.failures.length > 0;
      if (!condition.holds() && !isHopeless) continue;
      this.conditions.delete(condition);
      condition.resolve(condition.holds());
    }
  }

  private async allBegun(): Promise<void> {
    const coordination = this.coordinationNode?.begun;
    await Promise.all([coordination, ...[...this.servers.values()].map(({ begun }) => begun)]);
  }

  /** Never resolves when the run ends before. */
  private elapse(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.closed) return;
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        resolve();
      }, durationMs);
      this.timers.add(timer);
    });
  }

  private async overtime(): Promise<never> {
    await this.elapse(maxRunMs);
    throw new Error(`the run took more than ${maxRunMs / 60_000} minutes`);
  }

  private async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const client of this.clients.values()) client.crash();
    this.outside.close();
    await Promise.all([...this.servers.values()].map((server) => server.close()));
    for (const proxy of this.proxies.values()) (await proxy).close();
    await this.coordinationNode?.close();
  }
}

/** The line of a stack trace that says what happened. */
function gist(stack: string): string {
  const lines = stack.split('\n');
  const line = lines.find((text) => /^(Uncaught )?\w*(Error|Exception)\b/.test(text)) ?? lines[0];
  return (line ?? '').replace(/^(Uncaught )?\w*Error: /, '');
}
