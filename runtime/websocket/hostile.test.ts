/** Peers that break the rules: each gets a coded error or is cut off, and the others are served. */
import { request } from 'node:http';
import type { Remote } from '../service';
import {
  closeAll,
  type Echo,
  echoFrom,
  handshake,
  RawPeer,
  rawSocket,
  startEcho,
  until,
} from './nodes.testing';

afterEach(closeAll);

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function expectService(good: Remote<typeof Echo>): Promise<void> {
  expect(await good.say({ text: 'still here' })).toBe('still here');
}

describe('frames', () => {
  const say = '{"id":1,"call":"Echo.say","args":{"text":"a"}}';
  test.each<[string, string | Buffer]>([
    ['no JSON', 'hello'],
    ['half a frame', say.slice(0, 20)],
    ['a binary frame', Buffer.from(say)],
    ['a number', '7'],
    ['null', 'null'],
    ['an array with junk in it', `[${say},7]`],
    ['an array in an array', `[[${say}]]`],
    ['no id', '{"call":"Echo.say","args":{"text":"a"}}'],
    ['an id that is a string', '{"id":"1","call":"Echo.say","args":{"text":"a"}}'],
    ['an id that is a fraction', '{"id":1.5,"call":"Echo.say","args":{"text":"a"}}'],
    ['neither call nor reply', '{"id":1}'],
    ['a call that is a number', '{"id":1,"call":7,"args":{}}'],
    ['a call without a dot', '{"id":1,"call":"say","args":{}}'],
    ['a response nobody asked for', '{"id":1,"reply":"a"}'],
    ['an error of an unknown code', '{"id":1,"error":{"code":"oops","message":"a"}}'],
    ['an error that is a string', '{"id":null,"error":"oops"}'],
  ])('%s: the reason is said, then the connection is closed', async (_what, frame) => {
    const { address } = await startEcho();
    const good = await echoFrom(address);
    await expectService(good);
    const bad = new RawPeer(address);
    await bad.send(frame);
    expect(await bad.closed).toBe(1007);
    const last = JSON.parse(bad.frames.at(-1) as string);
    const complaint = Array.isArray(last) ? last.at(-1) : last;
    expect(complaint).toMatchObject({ id: null, error: { code: 'malformed' } });
    expect(complaint.error.message).toMatch(/expected .+/);
    await expectService(good);
  });

  test('a frame of too many messages: malformed', async () => {
    const { address } = await startEcho({ limits: { maxMessagesPerFrame: 3 } });
    const bad = new RawPeer(address);
    await bad.send(`[${[say, say, say, say].join(',')}]`);
    expect(await bad.closed).toBe(1007);
    expect(bad.frames.join()).toContain('at most 3 messages');
  });

  test('a frame above maxPayloadBytes is cut off before it is read', async () => {
    const { address, server } = await startEcho({ limits: { maxPayloadBytes: 10_000 } });
    const good = await echoFrom(address);
    const bad = new RawPeer(address);
    await bad.send(`{"id":1,"call":"Echo.say","args":{"text":"${'x'.repeat(10_000)}"}}`);
    expect(await bad.closed).toBe(1009);
    await expectService(good);
    expect(server.heard).toEqual(['still here']);
  });
});

describe('requests', () => {
  const ask = async (call: string, args: unknown) => {
    const { address } = await startEcho();
    const peer = new RawPeer(address);
    await peer.send(JSON.stringify({ id: 1, call, args }));
    await until(() => peer.frames.length > 0);
    // The connection stays: the next request is served.
    await peer.send('{"id":2,"call":"Echo.say","args":{"text":"next"}}');
    await until(() => peer.frames.length > 1);
    expect(JSON.parse(peer.frames[1] as string)).toEqual({ id: 2, reply: 'next' });
    return JSON.parse(peer.frames[0] as string);
  };

  test.each([
    ['Nobody.say', 'unknown-method'],
    ['Echo.shout', 'unknown-method'],
    ['Echo.', 'unknown-method'],
    ['Echo.__proto__', 'unknown-method'],
    ['Echo.constructor', 'unknown-method'],
    ['__proto__.toString', 'unknown-method'],
  ])('%s: %s', async (call, code) => {
    expect(await ask(call, { text: 'a' })).toMatchObject({ id: 1, error: { code } });
  });

  test.each([
    ['missing', undefined],
    ['null', null],
    ['an array', []],
    ['without the field', {}],
    ['with a field of the wrong type', { text: 7 }],
  ])('arguments %s: malformed', async (_what, args) => {
    expect(await ask('Echo.say', args)).toMatchObject({ id: 1, error: { code: 'malformed' } });
  });

  test('an error message quotes only the beginning of what was sent', async () => {
    const long = 'x'.repeat(1_000_000);
    for (const [call, args] of [
      ['Echo.blob', { length: long }],
      [`Echo.${long}`, {}],
      [`${long}.say`, {}],
    ] as const) {
      expect((await ask(call, args)).error.message.length).toBeLessThan(400);
    }
  });
});

describe('handshakes', () => {
  test.each([
    ['from a web page', { Origin: 'http://evil.example' }, 403],
    ['of another subprotocol', { 'Sec-WebSocket-Protocol': 'chat' }, 400],
    ['without a subprotocol', { 'Sec-WebSocket-Protocol': undefined }, 400],
    ['without the token', {}, 401],
    ['with a wrong token', { Authorization: 'Bearer barley' }, 401],
    ['with a token of another length', { Authorization: 'Bearer' }, 401],
  ])('%s: refused with its status, and closed by the server', async (_what, changes, status) => {
    const { port } = await startEcho({ token: 'sesame' });
    const { closed } = rawSocket(port, handshake(changes));
    expect(await closed).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('a refused peer that does not hang up is not kept', async () => {
    const { address, port } = await startEcho({ limits: { maxConnections: 2 } });
    for (let round = 0; round < 5; round += 1) {
      // allowHalfOpen: this side stays open when the server has ended its own.
      await rawSocket(port, handshake({ Origin: 'http://evil.example' })).closed;
    }
    // There is room again as soon as the server has noticed.
    const good = await echoFrom(address);
    await until(() =>
      good.say({ text: 'a' }).then(
        () => true,
        () => false,
      ),
    );
  });

  test('a plain HTTP request is told what this is', async () => {
    const { port } = await startEcho();
    const status = await new Promise((resolve) => {
      request({ port, host: '127.0.0.1', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(426);
  });

  test('sockets that never complete a handshake are closed in time', async () => {
    const { port } = await startEcho({ limits: { handshakeTimeoutMs: 100 } });
    await Promise.all([
      rawSocket(port).closed,
      rawSocket(port, handshake().slice(0, 40)).closed,
      rawSocket(port, 'nonsense\r\n\r\n').closed,
    ]);
  });
});

describe('floods', () => {
  test('connections above the limit are refused; room that becomes free is used', async () => {
    const { address, port } = await startEcho({ limits: { maxConnections: 10 } });
    const good = await echoFrom(address);
    await expectService(good);
    const flood = Array.from({ length: 50 }, () => rawSocket(port));
    // Those above the limit have been closed: the others fill the room.
    let closed = 0;
    for (const one of flood) void one.closed.then(() => (closed += 1));
    await until(() => closed === 41);
    await expectService(good);
    const late = await echoFrom(address);
    await expect(late.say({ text: 'a' })).rejects.toMatchObject({ code: 'refused' });
    for (const { socket } of flood) socket.destroy();
    await until(() =>
      late.say({ text: 'a' }).then(
        () => true,
        () => false,
      ),
    );
    await expectService(late);
  });

  test('a client that asks for much and reads nothing is cut off', async () => {
    const MiB = 1024 * 1024;
    const limits = { maxBufferedBytes: 4 * MiB, heartbeatIntervalMs: 60_000 };
    const { address } = await startEcho({ limits });
    const good = await echoFrom(address);
    const slow = new RawPeer(address);
    await slow.opened;
    slow.socket.pause();
    const asked = 100;
    for (let id = 1; id <= asked; id += 1) {
      slow.socket.send(`{"id":${id},"call":"Echo.blob","args":{"length":${MiB}}}`);
      if (id % 10 === 0) await later(1);
    }
    await later(100);
    await expectService(good);
    slow.socket.resume();
    expect(await slow.closed).toBe(1006);
    // What came before the cut sat in the buffers of the kernel; the rest was never written.
    expect(slow.frames.length).toBeLessThan(asked / 2);
  });

  test('where many read slowly, whoever lets most wait is cut off, and the others are not', async () => {
    const MiB = 1024 * 1024;
    const limits = { maxBufferedBytesInAll: 12 * MiB, heartbeatIntervalMs: 60_000 };
    const { address } = await startEcho({ limits });
    const [modest, greedy] = [new RawPeer(address), new RawPeer(address)];
    await Promise.all([modest.opened, greedy.opened]);
    const ask = (peer: RawPeer, count: number) => {
      peer.socket.pause();
      for (let id = 1; id <= count; id += 1) {
        peer.socket.send(`{"id":${id},"call":"Echo.blob","args":{"length":${MiB}}}`);
      }
    };
    ask(modest, 2);
    ask(greedy, 28);
    const good = await echoFrom(address);
    await expectService(good);
    greedy.socket.resume();
    expect(await greedy.closed).toBe(1006);
    modest.socket.resume();
    await until(() => modest.frames.join().length > 2 * MiB);
    expect(modest.socket.readyState).toBe(modest.socket.OPEN);
  });

  test('requests that are too large together are refused, definite, and forgotten', async () => {
    const { address, server } = await startEcho({ limits: { maxRequestBytesInAll: 3_000 } });
    const text = 'x'.repeat(2_000);
    const rude = new RawPeer(address);
    // It never gets an answer, so it is being handled for ever.
    await rude.send(JSON.stringify({ id: 1, call: 'Echo.hang', args: { text } }));
    await rude.send(JSON.stringify({ id: 2, call: 'Echo.say', args: { text } }));
    await until(() => rude.frames.length === 1);
    expect(JSON.parse(rude.frames[0] as string)).toMatchObject({
      id: 2,
      error: { code: 'overloaded' },
    });
    expect(server.heard).toEqual([]);
    const good = await echoFrom(address);
    for (let round = 0; round < 10; round += 1) await good.say({ text: 'x'.repeat(500) });
    expect(server.heard).toHaveLength(10);
  });

  test('a client that does not answer heartbeats is cut off', async () => {
    const { address } = await startEcho({ limits: { heartbeatIntervalMs: 40 } });
    const dead = new RawPeer(address, { autoPong: false });
    expect(await dead.closed).toBe(1006);
  });
});
