/**
 * Nodes of a hand-in, each in a process of its own. Within one run no process is used twice, not
 * even for a restart, so nodes share nothing but messages; the next run uses the processes again
 * and loads every module anew.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { messageOf } from '../../../runtime/errors';
import type { Json } from '../../../runtime/node';
import type {
  Incarnation,
  IncarnationOptions,
  NodeHost,
  NodeInput,
  NodeOutput,
} from '../simulated/node-host';
import { decodeAnswer, inputFd, maxAnswerBytes, outputFd, type ToNode } from './frames';
import { type Isolation, launchOf } from './launch';

/** Milliseconds of real time in which a node must settle after an input. */
const defaultHangLimitMs = 10_000;
/** The same once a node of the hand-in has hung: it must not cost so much time again and again. */
const shortHangLimitMs = 1_000;

export interface IsolatedHostOptions {
  /** The staged hand-in. */
  readonly folder: string;
  readonly isolation: Isolation;
  readonly hangLimitMs?: number;
}

/** What all the processes of a host have in common. */
interface Shared {
  hangMs: number;
  /** A process of this run broke out, ended or hung: the run has failed, and need not go on. */
  faulted: boolean;
}

export class IsolatedHost implements NodeHost {
  private readonly options: IsolatedHostOptions;
  private idle: NodeProcess[] = [];
  private used: NodeProcess[] = [];
  private readonly shared: Shared;
  /** How many processes of the run that ended last broke out, ended or hung. */
  faultsOfLastRun = 0;

  constructor(options: IsolatedHostOptions) {
    this.options = options;
    this.shared = { hangMs: options.hangLimitMs ?? defaultHangLimitMs, faulted: false };
  }

  open(options: IncarnationOptions): Incarnation {
    const node = this.idle.pop() ?? new NodeProcess(this.options, this.shared);
    this.used.push(node);
    return new IsolatedIncarnation(node, options, this.shared);
  }

  /** A run is over: its processes may serve the next one. */
  endRun(): void {
    const fit = this.used.filter(({ isFit }) => isFit);
    this.faultsOfLastRun = this.used.length - fit.length;
    this.idle.push(...fit);
    this.shared.faulted = false;
    this.used = [];
  }

  /** Ends all processes; resolves when they are gone. */
  async close(): Promise<void> {
    const all = [...this.idle, ...this.used];
    this.idle = [];
    this.used = [];
    await Promise.all(all.map((node) => node.end()));
  }
}

class IsolatedIncarnation implements Incarnation {
  private readonly node: NodeProcess;
  private readonly options: IncarnationOptions;
  private readonly shared: Shared;
  private crashed = false;

  constructor(node: NodeProcess, options: IncarnationOptions, shared: Shared) {
    this.node = node;
    this.options = options;
    this.shared = shared;
  }

  async give(input: NodeInput, nowMs: number): Promise<readonly NodeOutput[]> {
    if (this.crashed || this.shared.faulted) return [];
    try {
      if (input.type === 'start') await this.node.ask({ type: 'open', options: this.options });
      return await this.node.ask({ type: 'give', input, nowMs });
    } catch (error) {
      this.shared.faulted = true;
      const where = input.type === 'request' ? input.call : `a ${input.type}`;
      return [{ type: 'failure', where, message: messageOf(error), stack: '' }];
    }
  }

  /** What such a node says of itself is of no use to anybody. */
  async inspect(): Promise<Json> {
    return null;
  }

  crash(): void {
    this.crashed = true;
  }
}

interface Waiting {
  readonly resolve: (outputs: readonly NodeOutput[]) => void;
  readonly reject: (error: Error) => void;
}

/** One process, from its start to its end. It is asked one thing at a time. */
class NodeProcess {
  private readonly child: ChildProcess;
  private readonly input: Writable;
  private readonly shared: Shared;
  private readonly gone: Promise<void>;
  private ready: Promise<readonly NodeOutput[]>;
  private waiting: Waiting | undefined;
  private chunks: Buffer[] = [];
  private sizeBytes = 0;
  private fault: Error | undefined;

  constructor({ folder, isolation }: IsolatedHostOptions, shared: Shared) {
    this.shared = shared;
    const inside = isolation.level === 'bubblewrap' ? '/lab' : folder;
    const program = `${inside}/labtests/harness/isolated/node-process.cjs`;
    const { command, args } = launchOf(isolation, folder, [program]);
    // What a node prints goes nowhere: it has `runtime.log`.
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const;
    this.child = spawn(command, args, { stdio: [...stdio], env: pathOnly(), detached: true });
    this.input = this.child.stdio[inputFd] as Writable;
    const output = this.child.stdio[outputFd] as Readable;
    this.gone = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        this.fail(new Error(`its process ended by itself (${signal ?? `exit code ${code}`})`));
        resolve();
      });
      this.child.once('error', (error) => {
        this.fail(new Error(`its process could not be started: ${error.message}`));
        resolve();
      });
    });
    // A process that has ended takes no more inputs: its end is what is reported.
    this.input.on('error', () => undefined);
    output.on('data', (data: Buffer) => this.receive(data));
    this.ready = this.answer();
    this.ready.catch(() => undefined);
  }

  get isFit(): boolean {
    return this.fault === undefined;
  }

  async ask(message: ToNode): Promise<readonly NodeOutput[]> {
    await this.ready;
    if (this.fault !== undefined) throw this.fault;
    this.input.write(`${JSON.stringify(message)}\n`);
    return this.answer();
  }

  async end(): Promise<void> {
    this.fault ??= new Error('the run is over');
    this.kill();
    await this.gone;
  }

  private answer(): Promise<readonly NodeOutput[]> {
    return new Promise((resolve, reject) => {
      const { hangMs } = this.shared;
      const limit = setTimeout(() => {
        this.shared.hangMs = Math.min(hangMs, shortHangLimitMs);
        this.fail(new Error(`it did not settle within ${hangMs / 1000} s: an endless loop?`));
      }, hangMs);
      this.waiting = {
        resolve: (outputs) => {
          clearTimeout(limit);
          resolve(outputs);
        },
        reject: (error) => {
          clearTimeout(limit);
          reject(error);
        },
      };
    });
  }

  private receive(data: Buffer): void {
    this.sizeBytes += data.length;
    this.chunks.push(data);
    if (this.sizeBytes > maxAnswerBytes) {
      this.fail(new Error(`it answered one input with more than ${maxAnswerBytes} bytes`));
      return;
    }
    const end = data.indexOf(10);
    if (end < 0) return;
    const line = Buffer.concat(this.chunks);
    this.chunks = [];
    this.sizeBytes = 0;
    const { waiting } = this;
    this.waiting = undefined;
    try {
      if (waiting === undefined || end !== data.length - 1) throw new Error('nothing was asked');
      waiting.resolve(decodeAnswer(line.toString('utf8')));
    } catch (error) {
      const fault = new Error(`it went round the framework: ${messageOf(error)}`);
      waiting?.reject(fault);
      this.fail(fault);
    }
  }

  private fail(fault: Error): void {
    if (this.fault !== undefined) return;
    this.fault = fault;
    this.waiting?.reject(fault);
    this.waiting = undefined;
    this.kill();
  }

  /** The process and all that it started; bubblewrap takes its own down with it. */
  private kill(): void {
    const { pid } = this.child;
    if (pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.child.kill('SIGKILL');
    }
  }
}

function pathOnly(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH };
}
