/**
 * Serves one page and what it asks for, to this machine alone: on 127.0.0.1, to whoever has the token of
 * the printed link, and to no other page that the same browser may have open. Pages of other sites can
 * send requests here, and by a name of their own (DNS rebinding) even read the answers; so the name in
 * `Host` and the `Origin` have to be ours.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sameSecret } from '../../runtime/websocket/handshake';
import { ownHostOf, privateHeaders } from './local-only';

export interface LocalPageOptions {
  /** 0: any free port. */
  readonly port: number;
  /** The page, as HTML. */
  readonly html: () => string;
  /** Answers a request of a page, both as JSON. A rejection is answered with its message. */
  readonly answer: (request: unknown) => Promise<unknown>;
}

export interface LocalPage {
  /** With the token. */
  readonly url: string;
  /** Tells all open pages, as JSON. */
  tell(event: unknown): void;
  close(): Promise<void>;
}

/** Of a request, in bytes. */
const maxRequestBytes = 256 * 1024;
/** Pages that may listen at a time. */
const maxListeners = 20;

/** Rejects with an Error of Node when the port is taken. */
export async function servePage(options: LocalPageOptions): Promise<LocalPage> {
  const token = randomBytes(16).toString('hex');
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    respond(request, response, { ...options, token, listeners }).catch((error: unknown) => {
      if (!response.headersSent) plain(response, 500, 'Something went wrong here.');
      else response.destroy();
      process.emitWarning(error as Error);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    tell: (event) => {
      for (const listener of listeners) listener.write(`data: ${JSON.stringify(event)}\n\n`);
    },
    close: () => close(server, listeners),
  };
}

interface Serving extends LocalPageOptions {
  readonly token: string;
  readonly listeners: Set<ServerResponse>;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  serving: Serving,
): Promise<void> {
  const host = ownHostOf(request);
  const { origin } = request.headers;
  if (host === undefined) return plain(response, 403, 'Only 127.0.0.1 is served here.');
  if (origin !== undefined && origin !== `http://${host}`) {
    return plain(response, 403, 'Pages of other sites are not served here.');
  }
  const url = new URL(request.url ?? '/', `http://${host}`);
  const shown = request.headers['x-token'] ?? url.searchParams.get('token') ?? '';
  if (!sameSecret(String(shown), serving.token)) {
    return plain(response, 403, 'Open the link that the terminal shows: it holds a token.');
  }
  const what = `${request.method} ${url.pathname}`;
  if (what === 'GET /') return send(response, 200, 'text/html; charset=utf-8', serving.html());
  if (what === 'GET /events') return listen(response, serving.listeners);
  // A form of another page cannot set this header, so nobody but our script gets here.
  if (what !== 'POST /ask' || request.headers['x-token'] === undefined) {
    return plain(response, 404, 'There is nothing here.');
  }
  const text = await bodyOf(request);
  if (text === undefined) return plain(response, 413, `At most ${maxRequestBytes} bytes are read.`);
  const [status, answer] = await answerOf(text, serving);
  send(response, status, 'application/json', JSON.stringify(answer) ?? 'null');
}

async function answerOf(text: string, { answer }: Serving): Promise<[number, unknown]> {
  let asked: unknown;
  try {
    asked = JSON.parse(text);
  } catch {
    return [400, { error: 'expected JSON' }];
  }
  try {
    return [200, await answer(asked)];
  } catch (error) {
    return [500, { error: error instanceof Error ? error.message : String(error) }];
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxRequestBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function listen(response: ServerResponse, listeners: Set<ServerResponse>): void {
  if (listeners.size >= maxListeners) {
    plain(response, 503, 'Too many pages listen.');
    return;
  }
  head(response, 200, 'text/event-stream');
  response.write(': hello\n\n');
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

const plain = (response: ServerResponse, status: number, text: string): void =>
  send(response, status, 'text/plain; charset=utf-8', `${text}\n`);

function send(response: ServerResponse, status: number, type: string, body: string): void {
  head(response, status, type);
  response.end(body);
}

function head(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { ...privateHeaders, 'content-type': type });
}

async function close(server: Server, listeners: Set<ServerResponse>): Promise<void> {
  for (const listener of listeners) listener.end();
  // Something may still be on its way to them.
  listeners.clear();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
