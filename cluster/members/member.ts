/** One server of the cluster: a process of its own, which can be killed, paused and started anew. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import type { Readable } from 'node:stream';
import type { Address } from '../../runtime/node';
import { ProgramFailure } from '../../runtime/terminal/exit';
import { type LogLine, parseLogLine } from '../../runtime/terminal/log-lines';
import { Pause, standingApart } from '../../runtime/terminal/processes';
import type { FaultProxy, FaultProxyOptions } from '../../runtime/websocket/fault-proxy';
import type { Network } from './network';

export type Condition = 'starting' | 'running' | 'paused' | 'dead';

export interface MemberEvents {
  /** The member said something: a log line, or any other output of its code. */
  readonly onLine: (line: LogLine | string) => void;
  /** The messages that pass its proxy; to look into them costs time. */
  readonly onMessage?: FaultProxyOptions['onEvent'];
  /** The process ended, and nobody here had told it to. */
  readonly onUnexpectedEnd: (how: string) => void;
}

const root = path.resolve(__dirname, '../..');
/** Generous: the machine may be busy, and the first start compiles. */
const startTimeoutMs = 60_000;

export class Member {
  readonly name: string;
  /** The memory that is left when the member is started again, in words. */
  readonly restartsWith: string = 'with empty memory';
  condition: Condition = 'dead';
  private readonly program: () => string[];
  private readonly events: MemberEvents;
  /** Stands in front of it: who calls the member calls the proxy, and so faults can be made. */
  private proxy: FaultProxy | undefined;
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private pausing: Pause | undefined;
  private endExpected = false;
  private lastTurn: Promise<unknown> = Promise.resolve();

  /** `program`: the arguments of `node`, but for those that say where to listen and how to log. */
  constructor(name: string, program: () => string[], events: MemberEvents) {
    this.name = name;
    this.program = program;
    this.events = events;
  }

  /** Takes its place in the network, before any member starts: then all know where it is. */
  async join(network: Network): Promise<void> {
    this.proxy = await network.open(this.name, this.events.onMessage);
  }

  /** Where others reach it; it keeps the address when it is started again. */
  get address(): Address {
    if (this.proxy === undefined) throw new Error(`${this.name} has not joined the network yet`);
    return this.proxy.address;
  }

  /** For the very end: nobody reaches it any more. */
  leave(): void {
    this.proxy?.close();
  }

  get pid(): number | undefined {
    return this.condition === 'dead' ? undefined : this.child?.pid;
  }

  /** Resolves when it is ready; rejects with a Failure when it is not. */
  start(): Promise<void> {
    const where = ['--port', '0', '--advertise', this.address, '--log', 'json'];
    const child = spawn(process.execPath, [...this.program(), ...where], {
      cwd: root,
      // With the channel (ipc) it notices when this process is gone.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C in the terminal is for the cluster, which ends its members itself.
      ...standingApart,
    });
    this.child = child;
    this.condition = 'starting';
    this.endExpected = false;
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(new ProgramFailure(`${this.name} did not start: ${why}`));
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
          if (this.condition === 'starting') this.begin(line.listening);
          resolve();
        }
        this.events.onLine(line ?? text);
      });
    });
  }

  /** Carries out something that takes time, such as a restart, when what was begun before has ended. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.lastTurn.then(work);
    this.lastTurn = turn.catch(() => undefined);
    return turn;
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

  /**
   * SIGSTOP: it stands still, as on a machine that is overloaded or swaps; nothing is lost. Throws a
   * Failure when the system cannot do that.
   */
  pause(): void {
    if (this.child?.pid === undefined) return;
    this.pausing = new Pause(this.child);
    this.condition = 'paused';
  }

  resume(): void {
    this.pausing?.end();
    this.pausing = undefined;
    this.condition = 'running';
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

  private begin(listening: Address): void {
    this.condition = 'running';
    if (this.proxy !== undefined) this.proxy.target = listening;
  }

  private end(how: string): void {
    // The one who starts it learns of its end already.
    const expected = this.endExpected || this.condition === 'starting';
    this.condition = 'dead';
    if (this.proxy !== undefined) this.proxy.target = undefined;
    this.pausing?.forget();
    this.pausing = undefined;
    if (!expected) this.events.onUnexpectedEnd(how);
  }

  private read(stream: Readable | null, onLine: (line: string) => void): void {
    if (stream !== null) readline.createInterface({ input: stream }).on('line', onLine);
  }
}
