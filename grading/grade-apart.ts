/** Grades hand-ins in other processes, one on each core. */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Isolation } from '../nodes/apart/isolation';
import { canRun, markVariable, withParent } from '../runtime/parent-death-signal';
import type { GradeReport } from './grade';
import type { GradeJob } from './job';
import { areGradersEnded, type Warden, wardenHere } from './warden';

/** A hand-in that hangs everywhere takes about one minute; this is for what nobody thought of. */
const limitMs = 20 * 60_000;
const heapMib = 512;

export interface ToGrader {
  readonly job: GradeJob;
  /** Where to keep the traces of failures; nowhere unless told. */
  readonly traces?: string;
  /** The number of graders that grade the hand-in together; 1 unless told. */
  readonly share?: number;
  /** The strongest that works unless told. */
  readonly isolation?: Isolation;
}

/** Processor time that is for others who grade the same hand-in, in milliseconds. */
export interface UsedElsewhere {
  readonly usedElsewhereMs: number;
}

export type FromGrader =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly done: number; readonly report: GradeReport }
  | { readonly type: 'used'; readonly processorMs: number }
  | { readonly type: 'report'; readonly report: GradeReport; readonly peakMib: number }
  | { readonly type: 'error'; readonly message: string };

/** A process that grades; it is asked one thing at a time and may be asked again. */
export class Grader {
  /** The most memory that its process has needed so far, in MiB. */
  peakMib = 0;
  private readonly lane: number;
  private child: ChildProcess | undefined;
  /** For its temporary files. */
  private folder: string | undefined;
  private warden: Warden | undefined;

  /**
   * Graders with different lanes run on different cores, each with the processes of its nodes: they
   * take turns anyway, and to wake up a process on another core costs more than what it has to do.
   */
  constructor(lane = 0) {
    this.lane = lane;
  }

  /**
   * Rejects when the hand-in could not be graded, which is never the fault of the hand-in.
   * `onProgress` is told how many scenarios are done, `onUsed` how much processor time the hand-in has
   * taken so far, in milliseconds.
   */
  grade(
    request: ToGrader,
    onProgress: (done: number, report: GradeReport) => void = () => undefined,
    onUsed: (processorMs: number) => void = () => undefined,
  ) {
    return new Promise<GradeReport>((resolve, reject) => {
      const child = this.start();
      const limit = setTimeout(() => end(new Error('it took too long')), limitMs);
      const end = (result: GradeReport | Error) => {
        clearTimeout(limit);
        if (areGradersEnded()) return;
        for (const event of ['message', 'error', 'exit']) child.removeAllListeners(event);
        if (result instanceof Error) {
          const why = `${request.job.handIn} could not be graded: ${result.message}`;
          void this.stop().then(() => reject(new Error(why)));
        } else {
          resolve(result);
        }
      };
      child.on('message', (message: FromGrader) => {
        if (message.type === 'report') this.peakMib = message.peakMib;
        if (message.type === 'used') onUsed(message.processorMs);
        else if (message.type === 'progress') onProgress(message.done, message.report);
        else if (message.type === 'report') end(message.report);
        else if (message.type === 'error') end(new Error(message.message));
      });
      child.once('error', end);
      child.once('exit', (code, signal) => {
        end(new Error(`the process that grades it ended (${signal ?? `exit code ${code}`})`));
      });
      child.send(request, (error) => {
        if (error !== null) end(error);
      });
    });
  }

  /** The hand-in that it grades now has but the rest of the budget. */
  tell(message: UsedElsewhere): void {
    if (this.child?.connected) this.child.send(message, () => undefined);
  }

  /** Ends its process, those of the hand-in, and what is left of both; resolves when they are gone. */
  async stop(): Promise<void> {
    const { child, folder, warden } = this;
    this.child = undefined;
    this.folder = undefined;
    this.warden = undefined;
    if (child === undefined || folder === undefined) return;
    const gone = new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });
    child.kill('SIGKILL');
    await gone;
    await warden?.end(folder);
  }

  private start(): ChildProcess {
    if (this.child !== undefined) return this.child;
    const warden = wardenHere();
    const folder = warden.newFolder();
    const core = this.lane % availableParallelism();
    const node = [process.execPath, `--max-old-space-size=${heapMib}`];
    const pinned = canRun('taskset', '-c', '0') ? ['taskset', '-c', `${core}`] : [];
    const [execPath = '', ...execArgv] = [...withParent(), ...pinned, ...node];
    this.child = fork(path.join(__dirname, 'grader-process.cjs'), [folder], {
      ...{ execPath, execArgv, env: { ...process.env, [markVariable]: folder } },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.folder = folder;
    this.warden = warden;
    if (this.child.pid !== undefined) warden.keep(folder, this.child.pid);
    return this.child;
  }
}
