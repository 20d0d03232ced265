/** Calls between nodes over real sockets: how they succeed, and which error each failure becomes. */
import { createServer, type Server } from 'node:net';
import { WebSocketServer } from 'ws';
import {
  closeAll,
  Echo,
  echoFrom,
  errorOf,
  onCleanUp,
  RawPeer,
  startCaller,
  startEcho,
  until,
} from './nodes.testing';

afterEach(closeAll);

function listen(server: Server): Promise<string> {
  onCleanUp(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      resolve(`127.0.0.1:${port}`);
    });
  });
}

/** A WebSocket server that accepts everybody and does with them what the test says. */
async function startRawServer(onSocket: (socket: import('ws').WebSocket) => void) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onCleanUp(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe('calls', () => {
  test('a call returns what the handler returns, Unicode included', async () => {
    const { address } = await startEcho();
    const echo = await echoFrom(address);
    expect(await echo.say({ text: 'größer \u{1F600} "\\\n' })).toBe('größer \u{1F600} "\\\n');
  });

  test('calls of one turn go in one frame, and in order', async () => {
    const frames: string[] = [];
    const address = await startRawServer((socket) => {
      socket.on('message', (data) => frames.push(String(data)));
    });
    const echo = await echoFrom(address, { rpcTimeoutMs: 100 });
    const opening = errorOf(echo.say({ text: 'opens the connection' }));
    await until(() => frames.length === 1);
    await opening;
    frames.length = 0;
    const calls = Array.from({ length: 50 }, (_, index) => echo.say({ text: `${index}` }));
    await until(() => frames.length > 0);
    await Promise.all(calls.map(errorOf));
    expect(frames).toHaveLength(1);
    const texts = JSON.parse(frames[0] as string).map(
      (message: { args: { text: string } }) => message.args.text,
    );
    expect(texts).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));
  });

  test('the replies to a frame of requests share a frame, too', async () => {
    const { address } = await startEcho();
    const peer = new RawPeer(address);
    const say = (id: number) => ({ id, call: 'Echo.say', args: { text: 'a' } });
    await peer.send(JSON.stringify([say(1), say(2), say(3)]));
    await until(() => peer.frames.length > 0);
    expect(peer.frames.map((frame) => JSON.parse(frame))).toEqual([
      [1, 2, 3].map((id) => ({ id, reply: 'a' })),
    ]);
  });

  test('a server that is started again on its port is found again', async () => {
    const first = await startEcho();
    const echo = await echoFrom(first.address);
    await echo.say({ text: 'a' });
    await first.host.stop();
    expect((await errorOf(echo.say({ text: 'b' }))).code).toMatch(/refused|connection-lost/);
    const second = await startEcho({ listen: { host: '127.0.0.1', port: first.port } });
    expect(await echo.say({ text: 'c' })).toBe('c');
    expect(second.server.heard).toEqual(['c']);
  });

  test('a stopped server has sent what it had to send', async () => {
    const { host, address, server } = await startEcho();
    const echo = await echoFrom(address);
    await echo.say({ text: 'opens the connection' });
    const reply = echo.blob({ length: 1_000_000 });
    await until(() => server.blobs === 1);
    await host.stop();
    expect((await reply).length).toBe(1_000_000);
  });
});

describe('errors', () => {
  test('nobody listens: refused, definite', async () => {
    const server = createServer();
    const address = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const error = await errorOf((await echoFrom(address)).say({ text: 'a' }));
    expect(error).toMatchObject({ code: 'refused', definite: true });
    expect(error.message).toContain(address);
  });

  test.each(['no address', 'localhost:http', ''])('%p is no address: refused', async (address) => {
    const error = await errorOf((await echoFrom(address)).say({ text: 'a' }));
    expect(error).toMatchObject({ code: 'refused', definite: true });
  });

  test('somebody listens who never finishes the handshake: refused, within the limit', async () => {
    const address = await listen(createServer((socket) => onCleanUp(() => socket.destroy())));
    const echo = await echoFrom(address, { limits: { handshakeTimeoutMs: 100 } });
    expect(await errorOf(echo.say({ text: 'a' }))).toMatchObject({ code: 'refused' });
  });

  test('somebody listens who does not speak WebSocket: refused', async () => {
    const server = createServer((socket) => {
      socket.end('HTTP/1.1 404 No\r\n\r\n');
      onCleanUp(() => socket.destroy());
    });
    const address = await listen(server);
    const echo = await echoFrom(address);
    expect(await errorOf(echo.say({ text: 'a' }))).toMatchObject({ code: 'refused' });
  });

  test('the connection breaks before the reply: connection-lost, indefinite', async () => {
    const address = await startRawServer((socket) => {
      socket.on('message', () => socket.terminate());
    });
    const error = await errorOf((await echoFrom(address)).say({ text: 'a' }));
    expect(error).toMatchObject({ code: 'connection-lost', definite: false });
  });

  test('no reply within the time-out of the call: timeout, and a late reply harms nobody', async () => {
    const late: (() => void)[] = [];
    const address = await startRawServer((socket) => {
      socket.on('message', (data) => {
        // On a busy machine both messages leave in one frame.
        for (const { id, args } of [JSON.parse(String(data))].flat()) {
          const reply = () => socket.send(JSON.stringify({ id, reply: args.text }));
          if (args.text === 'late') late.push(reply);
          else reply();
        }
      });
    });
    const echo = await echoFrom(address);
    const error = await errorOf(echo.say({ text: 'late' }, { timeoutMs: 30 }));
    expect(error).toMatchObject({ code: 'timeout', definite: false });
    await until(() => late.length > 0);
    for (const reply of late) reply();
    expect(await echo.say({ text: 'next' })).toBe('next');
  });

  test('a peer that stopped without a word is noticed by the heartbeat', async () => {
    const address = await startRawServer((socket) => socket.pause());
    const echo = await echoFrom(address, { limits: { heartbeatIntervalMs: 40 } });
    expect(await errorOf(echo.say({ text: 'a' }))).toMatchObject({ code: 'connection-lost' });
  });

  test('an idle connection to a peer that answers pings stays', async () => {
    const { address } = await startEcho({ limits: { heartbeatIntervalMs: 20 } });
    const peer = new RawPeer(address);
    let pings = 0;
    peer.socket.on('ping', () => {
      pings += 1;
    });
    await until(() => pings === 5);
    expect(peer.socket.readyState).toBe(peer.socket.OPEN);
  });

  test('a message above the limit is refused at the sender, who goes on', async () => {
    const { address, server } = await startEcho();
    const echo = await echoFrom(address, { limits: { maxPayloadBytes: 3_000 } });
    const error = await errorOf(echo.say({ text: 'x'.repeat(3_000) }));
    expect(error).toMatchObject({ code: 'too-large', definite: true });
    // 900 characters of three bytes each: near the limit, but below it.
    expect(await echo.say({ text: '\u20ac'.repeat(900) })).toHaveLength(900);
    expect(server.heard).toHaveLength(1);
  });

  test('a reply above the limit becomes an error, and the connection stays', async () => {
    const { address } = await startEcho({ limits: { maxPayloadBytes: 3_000 } });
    const echo = await echoFrom(address);
    expect(await errorOf(echo.blob({ length: 3_000 }))).toMatchObject({ code: 'too-large' });
    expect(await echo.blob({ length: 2_000 })).toHaveLength(2_000);
  });

  test('more calls than may wait for a connection to open: overloaded, definite', async () => {
    const address = await listen(createServer((socket) => onCleanUp(() => socket.destroy())));
    const limits = { maxQueuedMessages: 3, handshakeTimeoutMs: 100 };
    const echo = await echoFrom(address, { limits });
    const calls = Array.from({ length: 5 }, () => errorOf(echo.say({ text: 'a' })));
    const codes = (await Promise.all(calls)).map((error) => error.code);
    expect(codes.filter((code) => code === 'overloaded')).toHaveLength(2);
    expect(codes.filter((code) => code === 'refused')).toHaveLength(3);
  });

  test('more bytes than may wait for a connection to open: overloaded, definite', async () => {
    const address = await listen(createServer((socket) => onCleanUp(() => socket.destroy())));
    const limits = { maxBufferedBytes: 1_000, handshakeTimeoutMs: 100 };
    const echo = await echoFrom(address, { limits });
    const calls = [700, 700, 100].map((length) => errorOf(echo.say({ text: 'x'.repeat(length) })));
    const codes = (await Promise.all(calls)).map((error) => error.code);
    expect(codes).toEqual(['refused', 'overloaded', 'refused']);
  });

  test('more requests than one connection may have under way: overloaded', async () => {
    const { address } = await startEcho({ limits: { maxRequestsPerConnection: 3 } });
    const runtime = await startCaller();
    const echo = runtime.connect(Echo, address);
    const hanging = [1, 2, 3].map(() => errorOf(echo.hang({}, { timeoutMs: 200 })));
    expect(await errorOf(echo.say({ text: 'a' }))).toMatchObject({ code: 'overloaded' });
    await Promise.all(hanging);
  });

  test('a reply that does not fit the contract: bad-reply', async () => {
    const address = await startRawServer((socket) => {
      socket.on('message', (data) => {
        socket.send(JSON.stringify({ id: JSON.parse(String(data)).id, reply: 7 }));
      });
    });
    const error = await errorOf((await echoFrom(address)).say({ text: 'a' }));
    expect(error).toMatchObject({ code: 'bad-reply', definite: false });
  });

  test('a server that sends requests or nonsense instead of responses is hung up on', async () => {
    const address = await startRawServer((socket) => {
      socket.on('message', () => socket.send('{"id":1,"call":"Echo.say","args":{"text":"b"}}'));
    });
    const echo = await echoFrom(address);
    expect(await errorOf(echo.say({ text: 'a' }))).toMatchObject({ code: 'connection-lost' });
  });
});

describe('shared secret', () => {
  test('the right token opens the door', async () => {
    const { address } = await startEcho({ token: 'sesame' });
    expect(await (await echoFrom(address, { token: 'sesame' })).say({ text: 'a' })).toBe('a');
  });

  test.each([
    ['wrong', 'barley'],
    ['missing', undefined],
  ])('a %s token: unauthorized, definite, again at each try', async (_what, token) => {
    const { address } = await startEcho({ token: 'sesame' });
    const echo = await echoFrom(address, { token });
    for (const text of ['a', 'b']) {
      const error = await errorOf(echo.say({ text }));
      expect(error).toMatchObject({ code: 'unauthorized', definite: true });
    }
  });

  test('a call made in answer to a refusal gets its own outcome', async () => {
    const { address } = await startEcho({ token: 'sesame' });
    const echo = await echoFrom(address, { token: 'barley' });
    const retry = echo.say({ text: 'a' }).catch(() => echo.say({ text: 'b' }));
    expect(await errorOf(retry)).toMatchObject({ code: 'unauthorized' });
  });
});
