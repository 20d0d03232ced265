/**
 * A server of the bare chain: `ws` and JSON, and nothing that keeps data when a server fails. It stores what it is
 * told, has the server behind it store it first if there is one, and answers. What comes while a batch is on its way
 * goes in the next one. Takes the port of the server behind it as its argument, tells its own, and ends with its parent.
 */
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** A put, and how it is answered. */
interface Write {
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

interface Waiting {
  readonly write: Write;
  readonly from: WebSocket;
}

const stored = new Map<string, string>();
const [behind] = process.argv.slice(2);
const next = behind === undefined ? undefined : new WebSocket(`ws://127.0.0.1:${behind}`);
let waiting: Waiting[] = [];
let underWay: Waiting[] = [];

function store(writes: readonly Write[]): void {
  for (const { key, value } of writes) stored.set(key, value);
}

function forward(): void {
  if (next === undefined || underWay.length > 0 || waiting.length === 0) return;
  underWay = waiting;
  waiting = [];
  next.send(JSON.stringify(underWay.map(({ write }) => write)));
}

function answer(answered: readonly Waiting[]): void {
  for (const { write, from } of answered) from.send(JSON.stringify({ id: write.id }));
}

next?.on('message', () => {
  const done = underWay;
  underWay = [];
  store(done.map(({ write }) => write));
  forward();
  answer(done);
});

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (from) => {
  from.on('message', (data) => {
    const got: Write | Write[] = JSON.parse(data.toString());
    if (Array.isArray(got)) {
      store(got);
      from.send('{}');
      return;
    }
    const one = { write: got, from };
    if (next === undefined) {
      store([got]);
      answer([one]);
      return;
    }
    waiting.push(one);
    forward();
  });
});

function tell(): void {
  process.send?.((server.address() as AddressInfo).port);
}

if (next === undefined) server.once('listening', tell);
else next.once('open', tell);
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
