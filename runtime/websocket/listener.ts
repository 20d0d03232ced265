/** Accepts the connections of other nodes, within bounds, and hands on what they ask. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { messageOf, RpcError } from '../errors';
import type { CallResult } from '../node-io';
import { formatAddress, type HostPort } from './address';
import { Connection } from './connection';
import type { RequestMessage } from './frames';
import { peerName, refusalOf, subprotocol } from './handshake';
import type { Limits } from './limits';
import { ReplyQueue } from './reply-queue';
import { RequestBytes } from './request-bytes';

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The shared secret that the other side must know; undefined: none. */
  readonly token: string | undefined;
  readonly limits: Limits;
  /** Answer with `respond`, with the same `from` and id. `name` is what the peer calls itself. */
  readonly onRequest: (from: string, name: string, request: RequestMessage) => void;
}

interface Accepted {
  readonly connection: Connection;
  readonly replies: ReplyQueue;
  /** Requests that have come and whose replies have not gone. */
  handling: number;
}

/** Status line and reason of a refused upgrade, as plain HTTP. */
const statusTexts: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
};

export class Listener {
  private readonly options: ListenerOptions;
  private readonly http: Server;
  private readonly webSockets: WebSocketServer;
  private readonly accepted = new Map<string, Accepted>();
  private nextFrom = 1;
  /** Bytes of replies that have not gone, of all connections. */
  private replyBytes = 0;
  private readonly requestBytes: RequestBytes;

  private constructor(options: ListenerOptions) {
    this.options = options;
    const { limits } = options;
    this.requestBytes = new RequestBytes(limits.maxRequestBytesInAll);
    const timeouts = {
      headersTimeout: limits.handshakeTimeoutMs,
      requestTimeout: limits.handshakeTimeoutMs,
      // Node looks for connections that are too slow only so often: every 30 s unless told.
      connectionsCheckingInterval: limits.handshakeTimeoutMs / 2,
    };
    this.http = createServer(timeouts, (_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain' });
      response.end('This is a node of viewlab: it speaks WebSocket, not HTTP.\n');
    });
    // Counts open sockets, whether or not they ever get as far as a handshake.
    this.http.maxConnections = limits.maxConnections;
    this.webSockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: limits.maxPayloadBytes,
      handleProtocols: () => subprotocol,
    });
    this.http.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      const refusal = refusalOf(request.headers, options.token);
      if (refusal !== undefined) {
        const { status, reason } = refusal;
        // A caller that was refused might keep its half open for ever.
        socket.once('finish', () => socket.destroy());
        const head = `HTTP/1.1 ${status} ${statusTexts[status]}\r\nConnection: close\r\n`;
        socket.end(`${head}Content-Length: ${reason.length + 1}\r\n\r\n${reason}\n`);
        return;
      }
      const name = peerName(request.headers);
      this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.accept(name, webSocket);
      });
    });
  }

  /** Listens; rejects with the error of the system (EADDRINUSE, EACCES, ...). */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    await new Promise<void>((resolve, reject) => {
      listener.http.once('error', reject);
      listener.http.listen(options.port, options.host, () => resolve());
    });
    return listener;
  }

  /** Where it listens, with the port that the system chose if it was asked to. */
  get address(): HostPort {
    return { host: this.options.host, port: (this.http.address() as AddressInfo).port };
  }

  /**
   * Sends a response to whoever asked; if the connection is gone, nobody waits for it. What it carries
   * must not change any more.
   */
  respond(from: string, id: number, result: CallResult): void {
    this.requestBytes.remove(from, id);
    this.accepted.get(from)?.replies.add({ id, result });
  }

  /** Stops listening and closes all connections; those that do not answer are cut off. */
  async close(): Promise<void> {
    for (const { connection, replies } of this.accepted.values()) {
      replies.flush();
      connection.close();
    }
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeIdleConnections();
    const impatience = setTimeout(() => this.terminate(), 300);
    await closed;
    clearTimeout(impatience);
  }

  terminate(): void {
    for (const { connection } of this.accepted.values()) connection.terminate();
    this.http.closeAllConnections();
    this.http.close();
  }

  private accept(name: string, webSocket: import('ws').WebSocket): void {
    const from = `${name}#${this.nextFrom++}`;
    const { limits } = this.options;
    const connection = new Connection(webSocket, limits, {
      onMessage: (message) => {
        if ('result' in message) throw new RpcError('malformed', 'expected a request');
        this.request(from, name, message);
      },
      onClose: () => this.forget(from),
      onWritten: (sizeBytes) => replies.written(sizeBytes),
    });
    const replies = new ReplyQueue({
      connection,
      limits,
      onChange: (bytes) => this.countReplies(bytes),
      onSent: () => {
        accepted.handling -= 1;
      },
      onStuck: () => this.cutOff(from),
    });
    const accepted: Accepted = { connection, replies, handling: 0 };
    this.accepted.set(from, accepted);
  }

  private request(from: string, name: string, message: RequestMessage): void {
    const accepted = this.accepted.get(from);
    if (accepted === undefined) return;
    accepted.handling += 1;
    const most = this.options.limits.maxRequestsPerConnection;
    if (accepted.handling > most) {
      this.refuse(
        from,
        message.id,
        `${most} requests of this connection are being handled already`,
      );
    } else if (!this.requestBytes.add(from, message)) {
      this.refuse(from, message.id, 'the requests that are being handled are too large together');
    } else {
      this.options.onRequest(from, name, message);
    }
  }

  private refuse(from: string, id: number, message: string): void {
    this.accepted.get(from)?.replies.add({
      id,
      result: { error: { code: 'overloaded', message } },
    });
  }

  private countReplies(bytes: number): void {
    this.replyBytes += bytes;
    while (this.replyBytes > this.options.limits.maxBufferedBytesInAll) {
      const [slowest] = [...this.accepted].sort(
        ([, one], [, other]) => other.replies.sizeBytes - one.replies.sizeBytes,
      );
      if (slowest === undefined) return;
      this.cutOff(slowest[0]);
    }
  }

  /** The caller does not read its replies: there is no way to tell it anything. */
  private cutOff(from: string): void {
    const connection = this.accepted.get(from)?.connection;
    this.forget(from);
    connection?.terminate();
  }

  private forget(from: string): void {
    const accepted = this.accepted.get(from);
    this.accepted.delete(from);
    accepted?.replies.close();
  }
}

/** A sentence for the terminal about a listener that could not be opened. */
export function explainListenError(error: unknown, at: HostPort): string {
  const code = (error as NodeJS.ErrnoException).code;
  const where = formatAddress(at);
  if (code === 'EADDRINUSE') {
    return `port ${at.port} is taken: another program listens on ${where}. Choose another --port.`;
  }
  if (code === 'EACCES') {
    return `this user may not listen on ${where}. Choose a --port above 1023.`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${at.host} is not an address of this machine. Choose another --host.`;
  }
  return `cannot listen on ${where}: ${messageOf(error)}`;
}
