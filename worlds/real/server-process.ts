/** A server as a process of its own: started, killed, stopped, continued, and what it says. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Address } from '../../runtime/node';
import { type LogLine, parseLogLine } from '../../runtime/terminal/log-lines';
import { Pause } from '../../runtime/terminal/processes';

const root = path.resolve(__dirname, '../..');
const launcher = path.join(root, 'scripts', 'run.cjs');

/** How long it may take to say that it is ready: a cold compiler on a busy machine is slow. */
const readyWithinMs = 60_000;
/** How much of its standard error is kept: the beginning, which has the error. */
const maxErrorLength = 10_000;

export interface ServerProcessEvents {
  /** The address at which the server listens. */
  readonly onReady: (listening: Address) => void;
  readonly onLine: (line: LogLine | string) => void;
  /** The process ended by itself; `errors`: the beginning of its standard error. */
  readonly onUnexpectedEnd: (how: string, errors: string) => void;
}

export class ServerProcess {
  /** Resolves when it is ready, or has ended. */
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private pausing: Pause | undefined;
  private killed = false;

  constructor(program: string, args: readonly string[], events: ServerProcessEvents) {
    this.child = spawn(process.execPath, [launcher, program, ...args, '--log', 'json'], {
      cwd: root,
      // With the channel (ipc) it notices when this process is gone.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let errors = '';
    this.child.stderr?.setEncoding('utf8').on('data', (data: string) => {
      errors = (errors + data).slice(0, maxErrorLength);
    });
    const killWithUs = () => this.kill();
    process.once('exit', killWithUs);
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        process.off('exit', killWithUs);
        this.pausing?.forget();
        if (!this.killed) events.onUnexpectedEnd(how, errors);
        this.killed = true;
        resolve();
      };
      this.child.once('error', (error) => end(error.message));
      // 'close' comes when all that it wrote has been read.
      this.child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
    });
    this.begun = new Promise((resolve) => {
      const impatience = setTimeout(() => this.child.kill('SIGKILL'), readyWithinMs);
      const begin = () => {
        clearTimeout(impatience);
        resolve();
      };
      this.ended.then(begin);
      this.readLines((line) => {
        if (typeof line !== 'string' && line.type === 'ready' && !this.killed) {
          events.onReady(line.listening);
          begin();
        }
        events.onLine(line);
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** SIGKILL: it gets no chance to do anything, even if it is stopped. */
  kill(): void {
    this.killed = true;
    this.child.kill('SIGKILL');
  }

  /** SIGSTOP: it stands still, and what is sent to it waits. */
  pause(): void {
    if (this.child.pid === undefined || this.killed || this.pausing !== undefined) return;
    this.pausing = new Pause(this.child);
  }

  /** SIGCONT */
  resume(): void {
    this.pausing?.end();
    this.pausing = undefined;
  }

  private readLines(take: (line: LogLine | string) => void): void {
    if (this.child.stdout === null) return;
    createInterface({ input: this.child.stdout }).on('line', (text) => {
      take(parseLogLine(text) ?? text);
    });
  }
}
