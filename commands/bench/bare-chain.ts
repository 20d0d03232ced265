/** The bare chain, a primary and a backup that only parse and pass on: what `ws` and JSON leave room for. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { WebSocket } from 'ws';

const launcher = path.resolve(__dirname, '..', '..', 'scripts', 'run.cjs');

export class BareChain {
  readonly port: number;
  private readonly children: readonly ChildProcess[];

  private constructor(port: number, children: readonly ChildProcess[]) {
    this.port = port;
    this.children = children;
  }

  static async start(): Promise<BareChain> {
    const backup = await startServer([]);
    const primary = await startServer([`${backup.port}`]);
    return new BareChain(primary.port, [primary.child, backup.child]);
  }

  async end(): Promise<void> {
    const gone = this.children.map(
      (child) => new Promise((resolve) => child.once('exit', resolve)),
    );
    for (const child of this.children) child.kill('SIGKILL');
    await Promise.all(gone);
  }
}

/** Resolves when it takes connections. Its channel to this process ends it, should this process be killed. */
function startServer(args: readonly string[]): Promise<{ port: number; child: ChildProcess }> {
  return new Promise((resolve, reject) => {
    const child = fork(launcher, ['commands/bench/bare-server', ...args]);
    child.once('message', (port: number) => resolve({ port, child }));
    child.once('exit', (code) => reject(new Error(`a bare server ended with ${code}`)));
  });
}

/** A client with a connection of its own. */
export class BareClient {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<number, () => void>();
  private nextId = 1;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const { id } = JSON.parse(data.toString());
      this.waiting.get(id)?.();
      this.waiting.delete(id);
    });
  }

  static open(port: number): Promise<BareClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new BareClient(socket)));
      socket.once('error', reject);
    });
  }

  put(key: string, value: string): Promise<void> {
    const id = this.nextId++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, key, value }));
    });
  }
}
