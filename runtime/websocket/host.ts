/** Runs a node on the real network: processes, WebSockets, wall clock. */
import { performance } from 'node:perf_hooks';
import { type Address, type Boot, defaultRpcTimeoutMs, type Json } from '../node';
import type { NodeBug } from '../node-bug';
import type { CallResult, Output } from '../node-io';
import { Reactor } from '../reactor';
import type { TraceSink } from '../trace';
import { formatAddress } from './address';
import { HostTrace } from './host-trace';
import { defaultLimits, type Limits } from './limits';
import { Listener } from './listener';
import { Peer } from './peer';

export interface HostOptions {
  readonly boot: Boot;
  /** Where to listen (port 0: any free one); undefined for a client, which nobody calls. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** The address under which others reach this node, if it is not where it listens. */
  readonly address?: Address;
  /** The shared secret of the cluster. */
  readonly token?: string | undefined;
  readonly rpcTimeoutMs?: number;
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<Limits>;
  /** Takes what the node logs. */
  readonly onLog?: (event: string, fields: { readonly [key: string]: Json }) => void;
  /** Takes what the node threw where nobody could catch it, and other bugs that show. */
  readonly onFailure?: (bug: NodeBug) => void;
  /** Takes every event of the node, as in the other worlds. */
  readonly trace?: TraceSink | undefined;
}

export class Host {
  private readonly options: HostOptions;
  private readonly limits: Limits;
  private readonly peers = new Map<Address, Peer>();
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private readonly invocations = new Map<number, (result: CallResult) => void>();
  private readonly startedAt = performance.now();
  private listener: Listener | null = null;
  private trace: HostTrace | undefined;
  private reactor!: Reactor;
  private ticker: NodeJS.Timeout | undefined;
  private nextInvocation = 1;
  /** The address under which others reach it. */
  address: Address = '';
  /** The address on which it listens; empty for a client. */
  listening: Address = '';

  private constructor(options: HostOptions) {
    this.options = options;
    this.limits = { ...defaultLimits, ...options.limits };
  }

  /** Starts a node. Rejects with the error of the system when it cannot listen. */
  static async start(options: HostOptions): Promise<Host> {
    const host = new Host(options);
    await host.open();
    return host;
  }

  /** Has a client node carry out an operation. */
  invoke(f: string, args: Json): Promise<CallResult> {
    const id = this.nextInvocation++;
    this.trace?.invoke(id, f, args);
    return new Promise((resolve) => {
      this.invocations.set(id, resolve);
      this.reactor.give({ type: 'invoke', id, f, args });
    });
  }

  inspect(): Json {
    return this.reactor.inspect();
  }

  /** Ends the node in good order: what was sent goes out, connections are closed. */
  async stop(): Promise<void> {
    this.trace?.event('stop');
    this.end();
    for (const peer of this.peers.values()) peer.close();
    await this.listener?.close();
  }

  /** Ends the node at once, as a crash would, but in this process. */
  crash(): void {
    this.trace?.event('crash');
    this.end();
    for (const peer of this.peers.values()) peer.terminate();
    this.listener?.terminate();
  }

  private async open(): Promise<void> {
    const { listen, address } = this.options;
    if (listen !== undefined) {
      this.listener = await Listener.open({
        ...listen,
        token: this.options.token,
        limits: this.limits,
        onRequest: (from, name, request) => {
          const { id, service, method, args } = request;
          this.trace?.requestTaken(from, name, id, `${service}.${method}`, args);
          this.reactor.give({ type: 'request', from, id, service, method, args });
        },
      });
    }
    if (this.listener !== null) this.listening = formatAddress(this.listener.address);
    this.address = address ?? (this.listening || `client-${process.pid}`);
    const now = () => performance.now() - this.startedAt;
    const { trace } = this.options;
    if (trace !== undefined) this.trace = new HostTrace(trace, this.address, now);
    this.reactor = new Reactor({
      address: this.address,
      incarnation: 0,
      boot: this.options.boot,
      now,
      random: Math.random,
      emit: (output) => this.carryOut(output),
      rpcTimeoutMs: this.options.rpcTimeoutMs ?? defaultRpcTimeoutMs,
    });
    this.trace?.event('start');
    this.reactor.give({ type: 'start' });
    const { tickIntervalMs } = this.reactor;
    if (tickIntervalMs === undefined) return;
    this.ticker = setInterval(() => this.reactor.give({ type: 'tick' }), tickIntervalMs);
  }

  private end(): void {
    this.reactor.crash();
    clearInterval(this.ticker);
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private carryOut(output: Output): void {
    this.trace?.output(output);
    switch (output.type) {
      case 'request':
        this.request(output);
        break;
      case 'response':
        this.respond(output);
        break;
      case 'timer':
        this.startTimer(output.timer, output.durationMs);
        break;
      case 'cancel-timer':
        clearTimeout(this.timers.get(output.timer));
        this.timers.delete(output.timer);
        break;
      case 'return':
        this.invocations.get(output.id)?.(output.result);
        this.invocations.delete(output.id);
        break;
      case 'log':
        this.options.onLog?.(output.event, output.fields);
        break;
      case 'failure':
        this.options.onFailure?.(output);
        break;
    }
  }

  private request(request: Output & { type: 'request' }): void {
    const { to, id, service, method, args } = request;
    this.trace?.requestSent(request);
    this.peer(to).request({ id, service, method, args });
  }

  private respond({ to: from, id, result }: Output & { type: 'response' }): void {
    this.trace?.responseSent(from, id, result);
    this.listener?.respond(from, id, result);
  }

  private result(id: number, result: CallResult): void {
    this.trace?.responseTaken(id, result);
    this.reactor.give({ type: 'response', id, result });
  }

  private peer(to: Address): Peer {
    let peer = this.peers.get(to);
    if (peer === undefined) {
      const { token } = this.options;
      const onResult = (id: number, result: CallResult) => this.result(id, result);
      peer = new Peer({ to, from: this.address, token, limits: this.limits, onResult });
      this.peers.set(to, peer);
    }
    return peer;
  }

  private startTimer(timer: number, durationMs: number): void {
    const fire = () => {
      this.timers.delete(timer);
      this.trace?.timer(timer);
      this.reactor.give({ type: 'timer', timer });
    };
    this.timers.set(timer, setTimeout(fire, durationMs));
  }
}
