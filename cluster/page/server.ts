/**
 * Serves one page and its WebSocket on 127.0.0.1, to the browser of whoever has the link. The page
 * itself holds no secret. What it shows and does goes over the WebSocket, which takes a token: the link
 * has it in its fragment, which browsers do not send to anybody. Other pages in the same browser can
 * reach this address too, so Host (against names that are made to point here) and Origin are checked.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { messageOf } from '../../runtime/errors';
import { ProgramFailure } from '../../runtime/terminal/exit';
import { sameSecret } from '../../runtime/websocket/handshake';
import { ownHostOf, privateHeaders } from '../../viewer/kit/local-only';
import { liveSubprotocol, tokenPrefix } from '../../viewer/model/live-data';

export interface PageServerOptions {
  /** 0: any free one. */
  readonly port: number;
  /** The page as HTML, for a browser that takes the WebSocket to be at this address. */
  readonly html: (socketOrigin: string) => string;
  /** The message to a page that opens. */
  readonly greeting: () => string;
  /** A page said something; `answer` goes to it alone. */
  readonly onMessage: (text: string, answer: (text: string) => void) => void;
}

/** How many pages may be open at a time. */
export const maxPages = 8;
/** Of a message from a page, in bytes. */
export const maxPageMessageBytes = 16 * 1024;
/** How many messages a page may send in a second: more is no person. */
export const maxMessagesPerSecond = 50;
/** Bytes that may wait for a page that does not read; above it the page is cut off. */
const maxWaitingBytes = 4 * 1024 * 1024;
/** How long a browser may take to ask. */
const requestTimeoutMs = 5_000;

const headers = { ...privateHeaders, 'content-type': 'text/html; charset=utf-8' };

export class PageServer {
  private readonly options: PageServerOptions;
  private readonly token = randomBytes(18).toString('base64url');
  private readonly http: Server;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    maxPayload: maxPageMessageBytes,
    handleProtocols: () => liveSubprotocol,
  });

  private constructor(options: PageServerOptions) {
    this.options = options;
    const timeouts = { headersTimeout: requestTimeoutMs, requestTimeout: requestTimeoutMs };
    this.http = createServer(timeouts, (request, response) => this.serve(request, response));
    this.http.maxConnections = 4 * maxPages;
    this.http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Listens. Rejects with a Failure when it cannot. */
  static async open(options: PageServerOptions): Promise<PageServer> {
    const server = new PageServer(options);
    await new Promise<void>((resolve, reject) => {
      server.http.once('error', (error) => {
        const advice = 'choose another one with --page-port, or --no-page';
        reject(new ProgramFailure(`the live page cannot listen: ${messageOf(error)}; ${advice}`));
      });
      server.http.listen(options.port, '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** The address with the token, for a person to open. */
  get link(): string {
    return `http://127.0.0.1:${this.port}/#${this.token}`;
  }

  /** Tells all pages. */
  tell(text: string): void {
    for (const socket of this.sockets.clients) this.send(socket, text);
  }

  get pages(): number {
    return this.sockets.clients.size;
  }

  /** Says `farewell` to all pages, and closes. */
  close(farewell: string): void {
    for (const socket of this.sockets.clients) {
      this.send(socket, farewell);
      socket.close(1001, 'the cluster has ended');
    }
    this.http.close();
    this.http.closeAllConnections();
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const host = ownHostOf(request);
    const answer = (status: number, text: string) =>
      response.writeHead(status, { ...headers, 'content-type': 'text/plain' }).end(`${text}\n`);
    if (host === undefined) return void answer(403, `expected the host 127.0.0.1:${this.port}`);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return void answer(405, 'expected GET');
    }
    const path = (request.url ?? '').replace(/\?.*$/, '');
    // Browsers ask for it unasked.
    if (path === '/favicon.ico') return void response.writeHead(204, headers).end();
    if (path !== '/') return void answer(404, 'there is only /');
    response.writeHead(200, headers);
    response.end(request.method === 'HEAD' ? '' : this.options.html(`ws://${host}`));
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const refusal = this.refusalOf(request);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (page) => this.welcome(page));
  }

  private refusalOf(request: IncomingMessage): string | undefined {
    const host = ownHostOf(request);
    if (host === undefined) return '403 Unknown host';
    if (request.headers.origin !== `http://${host}`) return '403 Another origin';
    const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
    const [protocol, token] = offered.map((name) => name.trim());
    if (protocol !== liveSubprotocol) return `400 Expected the subprotocol ${liveSubprotocol}`;
    if (!sameSecret(token ?? '', tokenPrefix + this.token)) return '401 Wrong token';
    return this.pages < maxPages ? undefined : '503 Too many pages';
  }

  private welcome(page: WebSocket): void {
    let budget = maxMessagesPerSecond;
    const refill = setInterval(() => {
      budget = maxMessagesPerSecond;
    }, 1_000);
    page.on('close', () => clearInterval(refill));
    page.on('error', () => page.terminate());
    page.on('message', (data, isBinary) => {
      budget -= 1;
      if (budget < 0) page.close(1008, 'too many messages');
      else if (isBinary) page.close(1003, 'expected text');
      else this.options.onMessage(data.toString(), (text) => this.send(page, text));
    });
    this.send(page, this.options.greeting());
  }

  private send(page: WebSocket, text: string): void {
    if (page.readyState !== page.OPEN) return;
    if (page.bufferedAmount > maxWaitingBytes) page.terminate();
    else page.send(text, () => undefined);
  }
}
