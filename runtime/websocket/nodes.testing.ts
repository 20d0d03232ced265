/** Common pieces of the tests of the transport: a small service, nodes that serve and call it, raw peers. */
import { connect, type Socket } from 'node:net';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { RpcError } from '../errors';
import type { Address, Runtime } from '../node';
import { defineService, type Handlers, type Remote, serve } from '../service';
import { Host, type HostOptions } from './host';
import type { Limits } from './limits';

export const Echo = defineService('Echo', 'For tests of the transport.', {
  say: { doc: 'Says it again.', args: v.object({ text: v.string() }), reply: v.string() },
  blob: { doc: 'Many bytes.', args: v.object({ length: v.number() }), reply: v.string() },
  hang: { doc: 'Never replies.', args: v.object({}), reply: v.null() },
});

class EchoServer implements Handlers<typeof Echo> {
  heard: string[] = [];
  blobs = 0;
  say({ text }: { text: string }): string {
    this.heard.push(text);
    return text;
  }
  blob({ length }: { length: number }): string {
    this.blobs += 1;
    return 'x'.repeat(length);
  }
  hang(): Promise<null> {
    return new Promise(() => undefined);
  }
}

/** For calls that are answered, however busy the machine is: a bound for what hangs. */
const testTimeoutMs = 120_000;

const hosts: Host[] = [];
const closers: (() => void)[] = [];

/** For afterEach: ends whatever the test has opened. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0)) close();
  for (const host of hosts.splice(0)) host.crash();
  await new Promise((resolve) => setImmediate(resolve));
}

export function onCleanUp(close: () => void): void {
  closers.push(close);
}

type Settings = Partial<Omit<HostOptions, 'boot' | 'limits'>> & { limits?: Partial<Limits> };

export async function startEcho(settings: Settings = {}) {
  const server = new EchoServer();
  const host = await Host.start({
    listen: { host: '127.0.0.1', port: 0 },
    ...settings,
    boot: () => ({ serves: [serve(Echo, server)] }),
  });
  hosts.push(host);
  return { host, server, address: host.address, port: Number(host.address.split(':').at(-1)) };
}

/** A node that only calls. */
export async function startCaller(settings: Settings = {}): Promise<Runtime> {
  let runtime!: Runtime;
  const host = await Host.start({
    rpcTimeoutMs: testTimeoutMs,
    ...settings,
    boot: (given) => {
      runtime = given;
      return { serves: [] };
    },
  });
  hosts.push(host);
  return runtime;
}

export async function echoFrom(to: Address, settings: Settings = {}): Promise<Remote<typeof Echo>> {
  return (await startCaller(settings)).connect(Echo, to);
}

/** Waits until it holds, however long that takes; the test's own bound is for what never does. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The RpcError with which the call ends. */
export async function errorOf(call: Promise<unknown>): Promise<RpcError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new Error('expected the call to be rejected');
}

/** A WebSocket without the manners of `Peer`; it says what came, and how it was closed. */
export class RawPeer {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  readonly opened: Promise<void>;
  /** The close code; 1006 when the other side hung up without a word. */
  readonly closed: Promise<number>;

  constructor(
    address: Address,
    options: { headers?: Record<string, string>; autoPong?: boolean } = {},
  ) {
    this.socket = new WebSocket(`ws://${address}/`, 'viewlab.1', options);
    onCleanUp(() => this.socket.terminate());
    this.opened = new Promise((resolve) => this.socket.once('open', () => resolve()));
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data) => this.frames.push(String(data)));
  }

  async send(frame: string | Buffer): Promise<void> {
    await this.opened;
    this.socket.send(frame);
  }
}

/** A bare TCP connection; `closed` resolves with all that came over it. */
export function rawSocket(port: number, text = ''): { socket: Socket; closed: Promise<string> } {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onCleanUp(() => socket.destroy());
  let got = '';
  socket.on('data', (data) => {
    got += data;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.once('end', () => resolve(got));
    socket.once('close', () => resolve(got));
  });
  socket.write(text);
  return { socket, closed };
}

/** The head of a WebSocket handshake, correct but for what `changes` says. */
export function handshake(changes: Record<string, string | undefined> = {}): string {
  const headers = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Protocol': 'viewlab.1',
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return `GET / HTTP/1.1\r\n${lines.join('')}\r\n`;
}
