/** The process of one node, seen from the grader: from its start to its end, asked one thing at a time. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { messageOf } from '../../runtime/errors';
import { markVariable } from '../../runtime/parent-death-signal';
import type { NodeOutput } from '../node-host';
import type { Budget } from './budget';
import {
  decodeAnswer,
  decodeAnswers,
  inputFd,
  maxAnswerBytes,
  outputFd,
  type ToNode,
  type Turned,
  type Turns,
} from './frames';
import { type HangLimits, patience } from './hang-limits';
import { Fault, type Incidents } from './incidents';
import type { Launch } from './launch';

/** A node has `runtime.log`; what it prints is kept to this length, in bytes, ... */
const keptPrintBytes = 2_000;
/** ... and it is ended when it prints more than this. */
const maxPrintBytes = 2 ** 20;
/** How long to wait for the last of what a process printed, in milliseconds. */
const lastWordsMs = 200;

/** The options that all the processes of a host have in common. */
export interface Common {
  readonly hangs: HangLimits;
  readonly incidents: Incidents;
  /** The budget that the process shares with others; without a bound unless told. */
  readonly budget?: Budget | undefined;
}

/** How long a process may take to start, in milliseconds: a busy machine is slow. */
const startLimitMs = 20_000;

interface Waiting {
  readonly take: (line: string) => void;
  readonly reject: (error: Error) => void;
}

export class NodeChild {
  private readonly child: ChildProcess;
  private readonly input: Writable;
  private readonly common: Common;
  private readonly gone: Promise<void>;
  private readonly started: Promise<readonly NodeOutput[]>;
  private waiting: Waiting | undefined;
  private chunks: Buffer[] = [];
  private sizeBytes = 0;
  private printed = '';
  private printedBytes = 0;
  private fault: Fault | undefined;
  /** True: the process has said that it waits for a node; before that, no code of a hand-in has run in it. */
  private isReady = false;

  constructor({ command, args }: Launch, common: Common) {
    this.common = common;
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] as const;
    const env = { PATH: process.env.PATH, [markVariable]: process.env[markVariable] };
    this.child = spawn(command, args, { stdio: [...stdio], env, detached: true });
    this.input = this.child.stdio[inputFd] as Writable;
    common.budget?.add(this);
    this.gone = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        common.budget?.remove(this);
        void this.listenToTheEnd().then(() => {
          this.fail(this.explainEnd(code, signal));
          this.reportPrinted();
          resolve();
        });
      });
      this.child.once('error', (error) => {
        common.budget?.remove(this);
        this.fail(new Fault(null, `its process could not be started: ${error.message}`));
        resolve();
      });
    });
    // A process that has ended takes no more inputs: its end is what is reported.
    this.input.on('error', () => undefined);
    (this.child.stdio[outputFd] as Readable).on('data', (data: Buffer) => this.receive(data));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (data: Buffer) => this.hear(data));
    }
    this.started = this.answer(decodeAnswer, '');
    this.started.then(
      () => {
        this.isReady = true;
      },
      () => undefined,
    );
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get isFit(): boolean {
    return this.fault === undefined;
  }

  /** Rejects with the Fault when it cannot even start, which is not the hand-in's doing. */
  async untilReady(): Promise<void> {
    await this.started;
  }

  /** Rejects with the Fault for which the process was given up. */
  ask(message: ToNode): Promise<readonly NodeOutput[]> {
    return this.tell(message, decodeAnswer);
  }

  /** The same for many incarnations at a time: what each of them did, in the order of the turns. */
  askAll(message: Turns): Promise<readonly Turned[]> {
    return this.tell(message, (line) => decodeAnswers(line, message.turns.length));
  }

  /** Resolves when it is gone, with all that it started in its group. */
  async end(): Promise<void> {
    this.fail(new Fault(null, 'the run is over'));
    this.kill();
    await this.gone;
  }

  /** Names what was printed since the last time. */
  reportPrinted(): void {
    if (this.printedBytes > 0) {
      const what = `${this.printedBytes} bytes: ${this.printed}`;
      this.common.incidents.add('printed output', what);
    }
    this.printed = '';
    this.printedBytes = 0;
  }

  /** The process and all that it started; bubblewrap takes its own down with it. */
  kill(): void {
    const { pid } = this.child;
    if (pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.common.budget?.note(this);
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.child.kill('SIGKILL');
    }
  }

  private async tell<T>(message: ToNode, decode: (line: string) => T): Promise<T> {
    await this.started;
    if (this.fault !== undefined) throw this.fault;
    this.input.write(`${JSON.stringify(message)}\n`);
    return this.answer(decode, nameOf(message));
  }

  /** `decode` throws the Fault when the line is no answer; `what`: what it answers. */
  private answer<T>(decode: (line: string) => T, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const { hangs } = this.common;
      const limitMs = this.isReady ? hangs.limitMs(what) : startLimitMs;
      const limit = patience(limitMs, this.pid, () => {
        if (!this.isReady) {
          const why = `a process for a node did not start in ${startLimitMs / 1000} s`;
          return this.fail(new Fault(null, why));
        }
        hangs.hasHung(what);
        const why = `it did not settle within ${limitMs / 1000} s: an endless loop?`;
        this.fail(new Fault('hang', why));
      });
      this.waiting = {
        take: (line) => {
          limit.end();
          resolve(decode(line));
        },
        reject: (error) => {
          limit.end();
          reject(error);
        },
      };
    });
  }

  private receive(data: Buffer): void {
    this.sizeBytes += data.length;
    this.chunks.push(data);
    if (this.sizeBytes > maxAnswerBytes) {
      const what = `it answered one input with more than ${maxAnswerBytes} bytes`;
      this.fail(new Fault('bad message', what));
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
      if (waiting === undefined || end !== data.length - 1) {
        throw new Fault('forged output', 'it went round the framework: nothing was asked');
      }
      waiting.take(line.toString('utf8'));
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault('forged output', messageOf(error));
      waiting?.reject(fault);
      this.fail(fault);
    }
  }

  private hear(data: Buffer): void {
    this.printedBytes += data.length;
    const room = keptPrintBytes - this.printed.length;
    if (room > 0) this.printed += data.toString('utf8', 0, room);
    if (this.printedBytes > maxPrintBytes) {
      this.fail(new Fault('output flood', `it printed more than ${maxPrintBytes} bytes`));
    }
  }

  /** A grandchild may hold the pipes open for ever, so not longer than a moment. */
  private async listenToTheEnd(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, lastWordsMs);
    });
    await Promise.race([closed, patience]);
    clearTimeout(timer);
  }

  private explainEnd(code: number | null, signal: NodeJS.Signals | null): Fault {
    const how = signal ?? `exit code ${code}`;
    if (!this.isReady) {
      const said = this.printed.trim().slice(0, 500);
      this.printedBytes = 0;
      return new Fault(null, `a process for a node did not start (${how}): ${said}`);
    }
    if (/heap out of memory|Cannot allocate memory|std::bad_alloc/.test(this.printed)) {
      this.printedBytes = 0;
      return new Fault('memory', `its process ended by itself (${how}): it ran out of memory`);
    }
    return new Fault('process exit', `its process ended by itself (${how})`);
  }

  /** Gives it up. */
  fail(fault: Fault): void {
    if (this.fault !== undefined) return;
    this.fault = fault;
    if (fault.kind !== null) this.common.incidents.add(fault.kind, fault.message);
    this.waiting?.reject(fault);
    this.waiting = undefined;
    this.kill();
  }
}

/** The name of a request to a node: the same calls have the same name. */
function nameOf(message: ToNode): string {
  const input =
    message.type === 'give'
      ? message.input
      : message.type === 'live'
        ? message.inputs.at(-1)?.input
        : undefined;
  if (input === undefined) return message.type;
  if (input.type === 'request') return input.call;
  return input.type === 'invoke' ? input.f : input.type;
}
