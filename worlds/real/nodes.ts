/** The nodes of a real world: processes behind fault proxies, and clients in this process. */
import { type ArbiterKind, type ArbiterUrl, formatArbiterUrl } from '../../arbiter/arbiter-url';
import type { Role } from '../../nodes/role';
import { notYet } from '../../runtime/errors';
import type { Faults } from '../../runtime/faults';
import type { Address } from '../../runtime/node';
import { bugInShort, type NodeBug } from '../../runtime/node-bug';
import type { LogLine } from '../../runtime/terminal/log-lines';
import { describeThrown } from '../../runtime/thrown-value';
import type { TraceEvent } from '../../runtime/trace';
import { FaultProxy } from '../../runtime/websocket/fault-proxy';
import type { NodeFailure } from '../world';
import type { AddressBook } from './address-book';
import { ClientNode } from './client-node';
import { CoordinationNode } from './coordination-node';
import type { ProxyObserver } from './proxy-observer';
import { lookIntervalMs } from './scenario-waits';
import { ServerNode } from './server-node';

export interface RealNodesOptions {
  /** Which service decides in the place of the view service; undefined: the view service. */
  readonly arbiter: ArbiterKind | undefined;
  /** How many servers make that service. */
  readonly arbiterServers: number;
  readonly faults: Faults;
  readonly names: AddressBook;
  readonly observer: ProxyObserver;
  /** Milliseconds since the start of the run. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, unless the run ends before. */
  readonly elapse: (durationMs: number) => Promise<void>;
}

type Untimed<E> = E extends unknown ? Omit<E, 't'> : never;

export const noManualTicks = 'in the real world time cannot be told when to pass';

export class RealNodes {
  readonly failures: NodeFailure[] = [];
  /** The name of the view service, when there is one. */
  viewService: Address | undefined;
  private readonly options: RealNodesOptions;
  private readonly names: AddressBook;
  private readonly observer: ProxyObserver;
  private readonly servers = new Map<Address, ServerNode>();
  private readonly clients = new Map<Address, ClientNode>();
  private readonly proxies = new Map<Address, Promise<FaultProxy>>();
  private readonly arbiterUrls = new Map<Address, Promise<ArbiterUrl>>();
  private coordinationNode: CoordinationNode | undefined;
  private closed = false;

  constructor(options: RealNodesOptions) {
    this.options = options;
    this.names = options.names;
    this.observer = options.observer;
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

  isClient(name: Address): boolean {
    return this.clients.has(name);
  }

  client(name: Address): ClientNode {
    const client = this.clients.get(name);
    if (client === undefined) throw new Error(`there is no client ${name}`);
    return client;
  }

  /** Resolves when all servers that were started are ready, or have ended. */
  async allBegun(): Promise<void> {
    const coordination = this.coordinationNode?.begun;
    await Promise.all([coordination, ...[...this.servers.values()].map(({ begun }) => begun)]);
  }

  start(name: Address, role: Role): void {
    const { is, main, file } = role.program;
    if (main === undefined) throw new Error(`${file} runs in the simulated world alone`);
    this.note(name, 'start');
    const { arbiter: kind } = this.options;
    if (is === 'decider' && kind !== undefined) {
      this.coordinationNode = this.makeCoordination(kind, name);
      this.coordinationNode.start();
      return;
    }
    if (is === 'client') {
      const arbiter = () => this.arbiterFor(name, role.options.viewService as Address);
      const client = new ClientNode({ name, arbiter, onFailure: (bug) => this.fail(name, bug) });
      this.clients.set(name, client);
      client.start();
      return;
    }
    if (is === 'decider') this.viewService = name;
    const server = this.makeServer(name, role, main);
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
    const client = this.clients.get(name);
    if (client !== undefined) {
      this.note(name, 'crash');
      client.crash();
      return;
    }
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

  /** Ends all of them; resolves when nothing is left. */
  async close(): Promise<void> {
    this.closed = true;
    for (const client of this.clients.values()) client.crash();
    await Promise.all([...this.servers.values()].map((server) => server.close()));
    for (const proxy of this.proxies.values()) (await proxy).close();
    await this.coordinationNode?.close();
  }

  /** The code of a node is wrong. */
  fail(node: Address, bug: NodeBug): void {
    if (this.closed) return;
    const named = { ...bug, message: this.names.withNames(bug.message) };
    this.failures.push({ node, ...named });
    const { type, where } = bug;
    this.record({ node, type, where, error: bugInShort(named) });
  }

  private makeServer(name: Address, { options, manualTicks }: Role, program: string): ServerNode {
    const programArgs = async () => {
      const { viewService, ...others } = options;
      const args = Object.entries(others).flatMap(([option, value]) => [
        `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
        String(value),
      ]);
      if (manualTicks) throw new Error(noManualTicks);
      if (viewService === undefined) return args;
      const arbiter = await this.arbiterFor(name, viewService as Address);
      return typeof arbiter === 'string'
        ? [...args, '--viewservice', arbiter]
        : [...args, '--arbiter', formatArbiterUrl(arbiter)];
    };
    return new ServerNode({
      name,
      program,
      args: programArgs,
      proxy: this.proxyOf(name),
      onLine: (line) => this.hear(name, line),
      onUnexpectedEnd: (how, errors) => {
        const message = `it ended by itself (${how})${errors === '' ? '' : `: ${gist(errors)}`}`;
        const { frames } = describeThrown({ stack: errors });
        const expected = `${name} to run until it is told to stop`;
        this.fail(name, { type: 'failure', where: 'its process', message, frames, expected });
      },
    });
  }

  private makeCoordination(kind: ArbiterKind, name: Address): CoordinationNode {
    return new CoordinationNode({
      kind,
      servers: this.options.arbiterServers,
      name,
      faults: this.options.faults,
      onBytes: (from, to, count) => {
        // The protocol is not ours: a piece of it is as much as can be told of a request.
        this.observer.requests.add(from, to, 1);
        this.observer.bytes.add(from, to, count);
        this.observer.arrived(from, to);
      },
    });
  }

  /** The address at which this node is told of views; always the same for the same node. */
  private arbiterFor(node: Address, viewService: Address): Promise<Address | ArbiterUrl> {
    const { arbiterUrls } = this;
    if (this.options.arbiter === undefined) return this.addressOf(viewService);
    let url = arbiterUrls.get(node);
    if (url === undefined) {
      url = this.untilCoordination().then((coordination) => coordination.urlFor(node));
      arbiterUrls.set(node, url);
    }
    return url;
  }

  /** A client may come before the service. */
  private async untilCoordination(): Promise<CoordinationNode> {
    while (this.coordinationNode === undefined) await this.options.elapse(lookIntervalMs);
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
      faults: this.options.faults,
      nameOf: (address) => this.names.nameOf(address),
      onEvent: (event, message) => this.observer.notice(event, message),
    });
    this.names.add(name, proxy.address);
    return proxy;
  }

  /** Where others reach it, for the whole run. */
  async addressOf(name: Address): Promise<Address> {
    return (await this.proxyOf(name)).address;
  }

  server(name: Address): ServerNode | CoordinationNode {
    const { coordinationNode } = this;
    const server = coordinationNode?.name === name ? coordinationNode : this.servers.get(name);
    if (server === undefined) throw new Error(`there is no server ${name}`);
    return server;
  }

  private node(name: Address): ServerNode | ClientNode | CoordinationNode {
    return this.clients.get(name) ?? this.server(name);
  }

  private hear(name: Address, line: LogLine | string): void {
    const at = { node: name };
    if (typeof line === 'string') {
      this.record({ ...at, type: 'log', event: 'console', fields: { text: line } });
    } else if (line.type === 'log') {
      const { event } = line;
      const fields = this.names.withNames(line.fields);
      this.record({ ...at, type: 'log', event, fields });
      if (this.options.arbiter !== undefined) this.observer.noticeLog(name, event, fields);
    } else if (line.type === 'failure') {
      this.fail(name, line.stub === undefined ? line : { ...line, message: notYet(line.stub) });
    }
  }

  private note(node: Address, type: 'start' | 'crash' | 'pause' | 'resume'): void {
    this.record({ node, type });
  }

  private record(event: Untimed<TraceEvent>): void {
    this.observer.trace.record({ t: this.options.now(), ...event });
  }
}

/** The line of a stack trace that says what happened. */
function gist(stack: string): string {
  const lines = stack.split('\n');
  const line = lines.find((text) => /^(Uncaught )?\w*(Error|Exception)\b/.test(text)) ?? lines[0];
  return (line ?? '').replace(/^(Uncaught )?\w*Error: /, '');
}
