import { createServer } from 'node:net';
import { WebSocketServer } from 'ws';
import { Faults } from '../faults';
import type { Address } from '../node';
import { FaultProxy } from './fault-proxy';
import { closeAll, echoFrom, errorOf, onCleanUp, RawPeer, startEcho, until } from './nodes.testing';
import type { ProxiedMessage, ProxyEvent } from './proxied-connection';

afterEach(closeAll);

/** For calls that are never answered: how long that takes decides nothing. */
const unanswered = { timeoutMs: 100 };

/** The proxy of a node named `server`, which callers named by their address want to reach. */
async function startProxy(target: Address | undefined, random: () => number = () => 0.5) {
  const faults = new Faults(random);
  const events: [ProxyEvent, ProxiedMessage][] = [];
  const proxy = await FaultProxy.open({
    name: 'server',
    faults,
    nameOf: (address) => (address === '127.0.0.1:1' ? 's1' : address),
    onEvent: (event, message) => events.push([event, message]),
  });
  onCleanUp(() => proxy.close());
  proxy.target = target;
  return { proxy, faults, events };
}

async function startProxiedEcho(settings: Parameters<typeof startEcho>[0] = {}) {
  const node = await startEcho(settings);
  return { ...node, ...(await startProxy(node.address)) };
}

function callerNamed(name: string, to: FaultProxy) {
  return echoFrom(to.address, { address: name });
}

describe('without faults', () => {
  test('calls pass, and each message is told with the names of both ends', async () => {
    const { proxy, events } = await startProxiedEcho();
    const echo = await callerNamed('127.0.0.1:1', proxy);
    expect(await echo.say({ text: 'größer' })).toBe('größer');
    const told = events.map(([event, { kind, from, to, call, body }]) => {
      return [event, kind, from, to, call, body];
    });
    expect(told).toEqual([
      ['send', 'request', 's1', 'server', 'Echo.say', { text: 'größer' }],
      ['deliver', 'request', 's1', 'server', 'Echo.say', { text: 'größer' }],
      ['send', 'response', 'server', 's1', 'Echo.say', { reply: 'größer' }],
      ['deliver', 'response', 'server', 's1', 'Echo.say', { reply: 'größer' }],
    ]);
  });

  test('large messages pass', async () => {
    const { proxy } = await startProxiedEcho();
    const echo = await callerNamed('c1', proxy);
    expect(await echo.blob({ length: 10_000_000 })).toHaveLength(10_000_000);
  });

  test('the shared secret is passed on, and the refusal of a wrong one passed back', async () => {
    const { proxy } = await startProxiedEcho({ token: 'secret' });
    const insider = await echoFrom(proxy.address, { token: 'secret' });
    expect(await insider.say({ text: 'a' })).toBe('a');
    const stranger = await echoFrom(proxy.address, { token: 'guess' });
    expect(await errorOf(stranger.say({ text: 'a' }))).toMatchObject({ code: 'unauthorized' });
  });

  test('browsers and other protocols are refused, as they are by the node', async () => {
    const { proxy } = await startProxiedEcho();
    const browser = new RawPeer(proxy.address, { headers: { origin: 'http://a.example' } });
    expect(await browser.closed).toBe(1006);
  });

  test('what makes no sense is judged by the node', async () => {
    const { proxy } = await startProxiedEcho();
    const peer = new RawPeer(proxy.address);
    await peer.send('nonsense');
    expect(await peer.closed).toBe(1007);
    expect(peer.frames[0]).toContain('"malformed"');
  });
});

describe('faults of links', () => {
  test('a blocked link loses requests; the connection stays, and what was lost is lost', async () => {
    const { proxy, faults, server } = await startProxiedEcho();
    const echo = await callerNamed('c1', proxy);
    await echo.say({ text: 'before' });
    faults.cut('c1', 'server');
    expect(await errorOf(echo.say({ text: 'during' }, unanswered))).toMatchObject({
      code: 'timeout',
    });
    faults.mend('c1', 'server');
    await echo.say({ text: 'after' });
    expect(server.heard).toEqual(['before', 'after']);
  });

  test('the other way it loses responses; a handshake gets through', async () => {
    const { proxy, faults, server, events } = await startProxiedEcho();
    faults.cut('server', 'c1');
    const echo = await callerNamed('c1', proxy);
    const unheard = errorOf(echo.say({ text: 'a' }, { timeoutMs: 1_000 }));
    await until(() => events.length === 4);
    expect(await unheard).toMatchObject({ code: 'timeout' });
    expect(server.heard).toEqual(['a']);
    expect(events.map(([event]) => event)).toEqual(['send', 'deliver', 'send', 'block']);
  });

  test('other links are not concerned', async () => {
    const { proxy, faults } = await startProxiedEcho();
    faults.cut('c1', 'server');
    const echo = await callerNamed('c2', proxy);
    expect(await echo.say({ text: 'a' })).toBe('a');
  });

  test('of the messages of one frame one is lost, and one arrives twice', async () => {
    const { proxy, faults, server } = await startProxiedEcho();
    const echo = await callerNamed('c1', proxy);
    await echo.say({ text: 'opens the connection' });
    faults.drop({ from: 'c1', kind: 'request' }, 1);
    faults.duplicate({ from: 'c1', kind: 'request' }, 1);
    const [first, ...others] = ['a', 'b', 'c'].map((text) =>
      echo.say({ text }, text === 'a' ? unanswered : {}),
    );
    expect(await errorOf(first as Promise<unknown>)).toMatchObject({ code: 'timeout' });
    expect(await Promise.all(others)).toEqual(['b', 'c']);
    await until(() => server.heard.length === 4);
    expect(server.heard.slice(1).sort()).toEqual(['b', 'b', 'c']);
  });

  test('what is held arrives when it is released, unless the link is blocked then', async () => {
    const { proxy, faults, server } = await startProxiedEcho();
    const echo = await callerNamed('c1', proxy);
    const release = faults.hold({ to: 'server' }, 1);
    const held = echo.say({ text: 'first' });
    await until(() => !faults.any);
    await echo.say({ text: 'second' });
    release();
    expect(await held).toBe('first');
    expect(server.heard).toEqual(['second', 'first']);

    const releaseNothing = faults.hold({ to: 'server' }, 1);
    const lost = errorOf(
      (await callerNamed('c1', proxy)).say({ text: 'third' }, { timeoutMs: 1_000 }),
    );
    await until(() => !faults.any);
    faults.cut('c1', 'server');
    releaseNothing();
    expect(await lost).toMatchObject({ code: 'timeout' });
    expect(server.heard).toHaveLength(2);
  });

  test('a storm loses some, repeats some, and lets them overtake each other', async () => {
    let state = 7;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const node = await startEcho();
    const { proxy, faults, events } = await startProxy(node.address, random);
    const echo = await callerNamed('c1', proxy);
    faults.storm();
    const texts = Array.from({ length: 100 }, (_, index) => `${index}`);
    await Promise.allSettled(texts.map((text) => echo.say({ text }, { timeoutMs: 1_000 })));
    const count = (sought: ProxyEvent) => events.filter(([event]) => event === sought).length;
    expect(count('drop')).toBeGreaterThan(0);
    expect(count('duplicate')).toBeGreaterThan(0);
    const { heard } = node.server;
    expect(heard).not.toEqual(heard.toSorted((a, b) => Number(a) - Number(b)));
    faults.heal();
    expect(await echo.say({ text: 'calm' })).toBe('calm');
  });
});

describe('a node that is not well', () => {
  test('that is down: who calls is refused, until it is back', async () => {
    const { proxy } = await startProxy(undefined);
    const echo = await callerNamed('c1', proxy);
    expect(await errorOf(echo.say({ text: 'a' }))).toMatchObject({ code: 'refused' });
    proxy.target = '127.0.0.1:1';
    expect(await errorOf(echo.say({ text: 'a' }))).toMatchObject({ code: 'refused' });
    proxy.target = (await startEcho()).address;
    expect(await echo.say({ text: 'a' })).toBe('a');
  });

  test('that crashes: its connections break', async () => {
    const { proxy, host, events } = await startProxiedEcho();
    const hanging = errorOf((await callerNamed('c1', proxy)).hang({}));
    await until(() => events.length === 2);
    host.crash();
    expect(await hanging).toMatchObject({ code: 'connection-lost' });
  });

  test('that is stopped: it answers neither handshakes nor heartbeats', async () => {
    let accepted = 0;
    const silent = createServer((socket) => {
      accepted += 1;
      onCleanUp(() => socket.destroy());
    }).listen(0, '127.0.0.1');
    onCleanUp(() => silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const { proxy } = await startProxy(`127.0.0.1:${port}`);
    const limits = { handshakeTimeoutMs: 100, heartbeatIntervalMs: 50 };
    const settings = { limits };
    const early = await echoFrom(proxy.address, settings);
    expect(await errorOf(early.say({ text: 'a' }))).toMatchObject({ code: 'refused' });
    expect(accepted).toBe(1);

    const deaf = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false });
    onCleanUp(() => {
      for (const client of deaf.clients) client.terminate();
      deaf.close();
    });
    await new Promise((resolve) => deaf.once('listening', resolve));
    proxy.target = `127.0.0.1:${(deaf.address() as { port: number }).port}`;
    const late = await echoFrom(proxy.address, settings);
    expect(await errorOf(late.say({ text: 'a' }))).toMatchObject({ code: 'connection-lost' });
  });

  test('that is cut off, but well: heartbeats get through, and the connection stays', async () => {
    const { proxy, faults, events } = await startProxiedEcho();
    faults.cut('c1', 'server');
    faults.cut('server', 'c1');
    const limits = { heartbeatIntervalMs: 100 };
    const echo = await echoFrom(proxy.address, { address: 'c1', limits });
    // Some heartbeats long.
    expect(await errorOf(echo.say({ text: 'a' }, { timeoutMs: 500 }))).toMatchObject({
      code: 'timeout',
    });
    expect(events.map(([event]) => event)).toEqual(['send', 'block']);
    faults.heal();
    expect(await echo.say({ text: 'b' })).toBe('b');
  });

  test('a caller that goes away: the node hears of it', async () => {
    const closings: number[] = [];
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    onCleanUp(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    server.on('connection', (socket) => socket.once('close', (code) => closings.push(code)));
    const { proxy } = await startProxy(`127.0.0.1:${(server.address() as { port: number }).port}`);
    const [polite, rude] = [new RawPeer(proxy.address), new RawPeer(proxy.address)];
    await Promise.all([polite.opened, rude.opened]);
    polite.socket.close(1001);
    rude.socket.terminate();
    await until(() => closings.length === 2);
    expect(closings.sort()).toEqual([1001, 1006]);
  });
});
