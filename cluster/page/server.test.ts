import { request } from 'node:http';
import WebSocket from 'ws';
import { liveSubprotocol, tokenPrefix } from '../../viewer/model/live-data';
import { maxMessagesPerSecond, maxPageMessageBytes, maxPages, PageServer } from './server';

let server: PageServer;
let heard: string[];
const sockets = new Set<WebSocket>();

beforeEach(async () => {
  heard = [];
  server = await PageServer.open({
    port: 0,
    html: (origin) => `page of ${origin}`,
    greeting: () => 'hello',
    onMessage: (text, answer) => {
      heard.push(text);
      answer(`heard ${text}`);
    },
  });
});
afterEach(() => {
  for (const socket of sockets) socket.terminate();
  sockets.clear();
  server.close('bye');
});

function ask(options: { path?: string; method?: string; host?: string }) {
  const { path = '/', method = 'GET', host = `127.0.0.1:${server.port}` } = options;
  return new Promise<{ status: number | undefined; text: string; headers: object }>((resolve) => {
    const asked = request(
      { port: server.port, host: '127.0.0.1', path, method, headers: { host } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => {
          text += part;
        });
        const { statusCode: status, headers } = response;
        response.on('end', () => resolve({ status, text, headers }));
      },
    );
    asked.end();
  });
}

interface Handshake {
  readonly host?: string;
  readonly origin?: string | undefined;
  readonly protocols?: string[];
}

function call(handshake: Handshake = {}): WebSocket {
  const own = `127.0.0.1:${server.port}`;
  const token = tokenPrefix + new URL(server.link).hash.slice(1);
  const { host = own, protocols = [liveSubprotocol, token] } = handshake;
  const origin = 'origin' in handshake ? handshake.origin : `http://${own}`;
  const socket = new WebSocket(`ws://${own}/live`, protocols, {
    headers: { host, ...(origin !== undefined && { origin }) },
  });
  sockets.add(socket);
  return socket;
}

/** How a handshake ended: with a greeting, or with the status that refuses it. */
function outcome(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.on('message', (data) => resolve(String(data)));
    socket.on('unexpected-response', (_request, { statusCode, statusMessage }) =>
      resolve(`${statusCode} ${statusMessage}`),
    );
    socket.on('error', (error) => resolve(error.message));
  });
}

function closing(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.on('close', resolve));
}

test('the page has no secret, may not be framed, and is not kept', async () => {
  const { status, text, headers } = await ask({});
  expect({ status, text }).toEqual({ status: 200, text: `page of ws://127.0.0.1:${server.port}` });
  expect(text).not.toContain(new URL(server.link).hash.slice(1));
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect((await ask({ host: `localhost:${server.port}` })).status).toBe(200);
  expect(await ask({ method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
});

test.each([
  [{ host: 'evil.example:80' }, 403],
  [{ host: '127.0.0.1' }, 403],
  [{ host: 'evil.example', path: '/favicon.ico' }, 403],
  [{ method: 'POST' }, 405],
  [{ path: '/etc/passwd' }, 404],
  [{ path: '/favicon.ico' }, 204],
])('%j is answered with %i', async (options, status) => {
  expect((await ask(options)).status).toBe(status);
});

test('whoever has the link is let in, and answered', async () => {
  const socket = call();
  expect(await outcome(socket)).toBe('hello');
  socket.send('one');
  expect(await outcome(socket)).toBe('heard one');
  expect(server.pages).toBe(1);
});

describe('a handshake is refused', () => {
  test.each<[string, Handshake, string]>([
    ['of a host that somebody made to point here', { host: 'evil.example' }, '403 Unknown host'],
    ['of another page', { origin: 'http://evil.example' }, '403 Another origin'],
    ['of another port', { origin: 'http://127.0.0.1:1' }, '403 Another origin'],
    ['of no page', { origin: undefined }, '403 Another origin'],
    ['without a token', { protocols: [liveSubprotocol] }, '401 Wrong token'],
    ['with a wrong one', { protocols: [liveSubprotocol, `${tokenPrefix}x`] }, '401 Wrong token'],
    ['of another protocol', { protocols: ['viewlab.1'] }, `400 Expected the subprotocol`],
  ])('%s', async (_, handshake, expected) => {
    expect(await outcome(call(handshake))).toContain(expected);
    expect(server.pages).toBe(0);
  });

  test('when too many pages are open', async () => {
    for (let page = 0; page < maxPages; page += 1) expect(await outcome(call())).toBe('hello');
    expect(await outcome(call())).toBe('503 Too many pages');
  });
});

describe('a page is cut off', () => {
  test('that sends too much at once', async () => {
    const socket = call();
    await outcome(socket);
    socket.send('x'.repeat(maxPageMessageBytes + 1));
    expect(await closing(socket)).toBe(1009);
    expect(heard).toEqual([]);
  });

  test('that sends too often', async () => {
    const socket = call();
    await outcome(socket);
    for (let sent = 0; sent < 3 * maxMessagesPerSecond; sent += 1) socket.send('x');
    expect(await closing(socket)).toBe(1008);
    expect(heard.length).toBeLessThanOrEqual(2 * maxMessagesPerSecond);
  });

  test('that sends bytes', async () => {
    const socket = call();
    await outcome(socket);
    socket.send(Buffer.from('x'));
    expect(await closing(socket)).toBe(1003);
  });
});

test('at the end all pages are told', async () => {
  const socket = call();
  await outcome(socket);
  const told = outcome(socket);
  const closed = closing(socket);
  server.close('bye');
  expect(await told).toBe('bye');
  expect(await closed).toBe(1001);
});

test('a port that is taken is an error that says what to do', async () => {
  const another = PageServer.open({
    port: server.port,
    html: () => '',
    greeting: () => '',
    onMessage: () => undefined,
  });
  await expect(another).rejects.toThrow(/EADDRINUSE.*choose another one with --page-port/);
});
