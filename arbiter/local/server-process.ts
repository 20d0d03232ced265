/** A server of a coordination service as a process of ours, which does not outlive us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Guard, Pause, standingApart } from '../../runtime/terminal/processes';

/** One server of a service: where it listens for clients, how it is started, when it is ready. */
export interface ServerPlan {
  readonly host: string;
  readonly command: readonly [string, ...string[]];
  readonly isReady: () => Promise<boolean>;
  /** Whether it leads the others, as it sees it. */
  readonly isLeader: () => Promise<boolean>;
}

/** How long a server may take to be ready, in milliseconds: a Java machine on a busy computer is slow. */
const readyWithinMs = 60_000;
const lookIntervalMs = 50;
/** How much of what it wrote is kept, for the message when it does not start. */
const maxOutputLength = 10_000;

export class LocalServer {
  private readonly command: readonly [string, ...string[]];
  private child: ChildProcess | undefined;
  private guard: Guard | undefined;
  private pausing: Pause | undefined;
  private ended: Promise<void> = Promise.resolve();
  private output = '';

  /** `command`: the program and its arguments; always the same, so a restart finds its data. */
  constructor(command: readonly [string, ...string[]]) {
    this.command = command;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  start(): void {
    const [program, ...args] = this.command;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...standingApart });
    this.child = child;
    this.output = '';
    const keep = (data: string) => {
      this.output = (this.output + data).slice(-maxOutputLength);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    if (child.pid !== undefined) this.guard = new Guard(child.pid);
    this.ended = new Promise((resolve) => {
      const end = () => {
        if (this.child === child) {
          this.child = undefined;
          this.guard?.dismiss();
          this.pausing?.forget();
          this.pausing = undefined;
        }
        resolve();
      };
      child.once('error', (error) => {
        keep(error.message);
        end();
      });
      child.once('exit', end);
    });
  }

  /** Looks again and again until it is ready; rejects when it ends or takes too long. */
  async untilReady(isReady: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + readyWithinMs;
    while (!(await isReady().catch(() => false))) {
      if (!this.isRunning || performance.now() > deadline) {
        const what = this.isRunning ? `not ready in ${readyWithinMs / 1_000} s` : 'it ended';
        throw new Error(`${this.command.join(' ')}: ${what}\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, lookIntervalMs));
    }
  }

  /** SIGKILL, also for one that is stopped. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.killNow();
    await this.ended;
  }

  /** The same, for the very end of this process. */
  killNow(): void {
    this.child?.kill('SIGKILL');
  }

  /** SIGSTOP; throws a Failure when the system cannot do that. */
  pause(): void {
    if (this.child !== undefined) this.pausing ??= new Pause(this.child);
  }

  /** SIGCONT. */
  resume(): void {
    this.pausing?.end();
    this.pausing = undefined;
  }
}

/** Ports that nobody listens on just now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
