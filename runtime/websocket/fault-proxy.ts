/**
 * A proxy in front of one node, which makes faults of the network. The node advertises the address
 * of the proxy as its own, so that whoever calls the node calls the proxy; who that is tells the
 * handshake. Each message, requests one way and responses the other, has the fate that `Faults`
 * decides on.
 *
 * Faults concern messages, not connections: a handshake gets through a blocked link, and so do
 * heartbeats. Only so can a link be blocked one way, and only so is what was sent during a partition
 * lost, as it is in the other worlds, instead of waiting in some queue for its end. All else is as
 * it would be without the proxy: it refuses whom the node refuses, a dead node's connections break
 * and new ones are refused, and a stopped node does not answer handshakes or heartbeats.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Faults } from '../faults';
import type { Address } from '../node';
import { formatAddress } from './address';
import { peerName } from './handshake';
import { defaultLimits } from './limits';
import { ProxiedConnection, type ProxiedMessage, type ProxyEvent } from './proxied-connection';

export interface FaultProxyOptions {
  /** The name of the node behind it, for `Faults`. */
  readonly name: string;
  /** The faults; usually the same for all proxies of a cluster. */
  readonly faults: Faults;
  /** Where to listen. Default: 127.0.0.1, any free port. */
  readonly host?: string;
  readonly port?: number;
  /** The name, for `Faults`, of a node that presents itself with this address. Default: the same. */
  readonly nameOf?: (address: Address) => string;
  /** Told what happens to each message. */
  readonly onEvent?: (event: ProxyEvent, message: ProxiedMessage) => void;
}

/** The headers of a handshake that are passed on to the node. */
const passedHeaders = ['x-viewlab-from', 'authorization', 'origin'] as const;

export class FaultProxy {
  /** Where the node listens; undefined: it is down, and whoever calls is refused. */
  target: Address | undefined;
  private readonly options: FaultProxyOptions;
  private readonly http: Server;
  private readonly connections = new Set<ProxiedConnection>();
  private readonly handshakes = new Set<Duplex>();

  private constructor(options: FaultProxyOptions) {
    this.options = options;
    const timeouts = {
      headersTimeout: defaultLimits.handshakeTimeoutMs,
      requestTimeout: defaultLimits.handshakeTimeoutMs,
    };
    this.http = createServer(timeouts, (_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain' });
      response.end('This is a proxy of viewlab: it speaks WebSocket, not HTTP.\n');
    });
    this.http.maxConnections = defaultLimits.maxConnections;
    this.http.on('upgrade', (request, socket, head) => this.shakeHands(request, socket, head));
  }

  /** Listens; rejects with the error of the system when it cannot. */
  static async open(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    const { host = '127.0.0.1', port = 0 } = options;
    await new Promise<void>((resolve, reject) => {
      proxy.http.once('error', reject);
      proxy.http.listen(port, host, resolve);
    });
    return proxy;
  }

  /** Where it listens: what the node advertises. */
  get address(): Address {
    const { address, port } = this.http.address() as AddressInfo;
    return formatAddress({ host: address, port });
  }

  /** Stops listening and breaks all connections. */
  close(): void {
    for (const connection of this.connections) connection.terminate();
    for (const socket of this.handshakes) socket.destroy();
    this.http.closeAllConnections();
    this.http.close();
  }

  /** Opens the same connection to the node, and accepts this one when that one is accepted. */
  private shakeHands(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.handshakes.add(socket);
    socket.on('error', () => socket.destroy());
    const upstream = this.call(request);
    socket.once('close', () => {
      this.handshakes.delete(socket);
      if (upstream?.readyState === WebSocket.CONNECTING) upstream.terminate();
    });
    if (upstream === undefined) {
      socket.destroy();
      return;
    }
    upstream.on('error', () => {
      if (this.handshakes.has(socket)) socket.destroy();
    });
    upstream.once('unexpected-response', (_request, { statusCode, statusMessage }) => {
      socket.end(`HTTP/1.1 ${statusCode} ${statusMessage}\r\nConnection: close\r\n\r\n`);
    });
    upstream.once('open', () => {
      this.handshakes.delete(socket);
      const server = new WebSocketServer({
        noServer: true,
        perMessageDeflate: false,
        maxPayload: defaultLimits.maxPayloadBytes,
        handleProtocols: () => upstream.protocol,
        autoPong: false,
      });
      server.handleUpgrade(request, socket, head, (downstream) => {
        this.connect(peerName(request.headers), downstream, upstream);
      });
    });
  }

  private call({ headers }: IncomingMessage): WebSocket | undefined {
    if (this.target === undefined) return undefined;
    const passed = passedHeaders.flatMap((name) =>
      headers[name] === undefined ? [] : [[name, headers[name]] as const],
    );
    const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    try {
      return new WebSocket(`ws://${this.target}/`, protocols ?? [], {
        headers: Object.fromEntries(passed),
        perMessageDeflate: false,
        maxPayload: defaultLimits.maxPayloadBytes,
        autoPong: false,
      });
    } catch {
      // The subprotocols are such that nobody could ask for them.
      return undefined;
    }
  }

  private connect(caller: string, downstream: WebSocket, upstream: WebSocket): void {
    const { name, faults, onEvent, nameOf = (address: Address) => address } = this.options;
    const connection = new ProxiedConnection({
      caller,
      from: nameOf(caller),
      to: name,
      downstream,
      upstream,
      faults,
      onEvent,
      onClose: () => this.connections.delete(connection),
    });
    this.connections.add(connection);
  }
}
