/** One server of the cluster: a process of its own, which can be killed, paused and started anew. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import type { Readable } from 'node:stream';
import { Guard } from '../../runtime/guard';
import type { Address } from '../../runtime/node';
import { Failure } from '../../runtime/terminal/exit';
import { type LogLine, parseLogLine } from '../../runtime/terminal/log-lines';

export type Condition = 'starting' | 'running' | 'paused' | 'dead';

export interface MemberEvents {
  /** It said something: a log line, or whatever else its code printed. */
  readonly onLine: (line: LogLine | string) => void;
  /** It ended, and nobody here had told it to. */
  readonly onUnexpectedEnd: (how: string) => void;
}

const root = path.resolve(__dirname, '..', '..');
/** Generous: the machine may be busy, and the first start compiles. */
const startTimeoutMs = 60_000;

export class Member {
  readonly name: string;
  condition: Condition = 'dead';
  /** Where it listens; it keeps the address when it is started again. */
  address: Address | undefined;
  private readonly argumentsAt: (own: Address | undefined) => string[];
  private readonly events: MemberEvents;
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private guard: Guard | undefined;
  private endExpected = false;

  constructor(
    name: string,
    argumentsAt: (own: Address | undefined) => string[],
    events: MemberEvents,
  ) {
    this.name = name;
    this.argumentsAt = argumentsAt;
    this.events = events;
  }

  get pid(): number | undefined {
    return this.condition === 'dead' ? undefined : this.child?.pid;
  }

  /** Resolves when it is ready; rejects with a Failure when it is not. */
  start(): Promise<void> {
    const child = spawn(process.execPath, this.argumentsAt(this.address), {
      cwd: root,
      // With the channel (ipc) it notices when this process is gone.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C in the terminal is for the cluster, which ends its members itself.
      detached: true,
    });
    this.child = child;
    this.condition = 'starting';
    this.endExpected = false;
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Failure(`${this.name} did not start: ${why}`));
      const timer = setTimeout(() => {
        fail(`not ready after ${startTimeoutMs / 1_000} s`);
        child.kill('SIGKILL');
      }, startTimeoutMs);
      this.ended = new Promise((resolveEnded) => {
        const end = (how: string) => {
          clearTimeout(timer);
          fail(how);
          this.end(how);
          resolveEnded();
        };
        child.on('error', (error) => end(error.message));
        child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      });
      this.read(child.stderr, (line) => this.events.onLine(line));
      this.read(child.stdout, (text) => {
        const line = parseLogLine(text);
        if (line?.type === 'ready') {
          clearTimeout(timer);
          this.address = line.address;
          if (this.condition === 'starting') this.condition = 'running';
          resolve();
        }
        this.events.onLine(line ?? text);
      });
    });
  }

  /** kill -9: it gets no chance to do anything. */
  async kill(): Promise<void> {
    this.killNow();
    await this.ended;
  }

  /** The same, without waiting for its end: for the very end of this process. */
  killNow(): void {
    this.endExpected = true;
    this.child?.kill('SIGKILL');
  }

  /** SIGSTOP: it stands still, as on a machine that is overloaded or swaps; nothing is lost. */
  pause(): void {
    if (this.child?.pid === undefined) return;
    this.guard = new Guard(this.child.pid);
    this.child.kill('SIGSTOP');
    this.condition = 'paused';
  }

  resume(): void {
    this.child?.kill('SIGCONT');
    this.condition = 'running';
    this.dismissGuard();
  }

  /** Ends it in good order, or without after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (this.condition === 'dead') return;
    if (this.condition === 'paused') return this.kill();
    this.endExpected = true;
    this.child?.kill('SIGTERM');
    const impatience = setTimeout(() => this.killNow(), graceMs);
    await this.ended;
    clearTimeout(impatience);
  }

  private end(how: string): void {
    // Whoever starts it learns of its end already.
    const expected = this.endExpected || this.condition === 'starting';
    this.condition = 'dead';
    this.dismissGuard();
    if (!expected) this.events.onUnexpectedEnd(how);
  }

  private dismissGuard(): void {
    this.guard?.dismiss();
    this.guard = undefined;
  }

  private read(stream: Readable | null, onLine: (line: string) => void): void {
    if (stream !== null) readline.createInterface({ input: stream }).on('line', onLine);
  }
}
