/** Grades hand-ins in other processes, one on each core. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Isolation } from '../isolated/launch';
import type { GradeReport } from './grade';
import type { GradeJob } from './job';

/** A hand-in that hangs everywhere takes about one minute; this is for what nobody thought of. */
const limitMs = 20 * 60_000;
const heapMib = 512;

export interface ToGrader {
  readonly job: GradeJob;
  /** Where to keep the traces of failures; nowhere unless told. */
  readonly traces?: string;
  /** The strongest that works unless told. */
  readonly isolation?: Isolation;
}

export type FromGrader =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly done: number; readonly report: GradeReport }
  | { readonly type: 'report'; readonly report: GradeReport; readonly peakMib: number }
  | { readonly type: 'error'; readonly message: string };

/** A process that grades; it is asked one thing at a time and may be asked again. */
export class Grader {
  /** The most memory that its process has needed so far, in MiB. */
  peakMib = 0;
  private readonly lane: number;
  private child: ChildProcess | undefined;

  /**
   * Graders with different lanes run on different cores, each with the processes of its nodes: they
   * take turns anyway, and to wake up a process on another core costs more than what it has to do.
   */
  constructor(lane = 0) {
    this.lane = lane;
  }

  /**
   * Rejects when the hand-in could not be graded, which is never the fault of the hand-in.
   * `onProgress` is told how many scenarios are done.
   */
  grade(
    request: ToGrader,
    onProgress: (done: number, report: GradeReport) => void = () => undefined,
  ) {
    return new Promise<GradeReport>((resolve, reject) => {
      const child = this.start();
      const limit = setTimeout(() => end(new Error('it took too long')), limitMs);
      const end = (result: GradeReport | Error) => {
        clearTimeout(limit);
        for (const event of ['message', 'error', 'exit']) child.removeAllListeners(event);
        if (result instanceof Error) {
          this.stop();
          reject(new Error(`${request.job.submission} could not be graded: ${result.message}`));
        } else {
          resolve(result);
        }
      };
      child.on('message', (message: FromGrader) => {
        if (message.type === 'report') this.peakMib = message.peakMib;
        if (message.type === 'progress') onProgress(message.done, message.report);
        else if (message.type === 'report') end(message.report);
        else if (message.type === 'error') end(new Error(message.message));
      });
      child.once('error', end);
      child.once('exit', (code, signal) => {
        this.child = undefined;
        end(new Error(`the process that grades it ended (${signal ?? `exit code ${code}`})`));
      });
      child.send(request, (error) => {
        if (error !== null) end(error);
      });
    });
  }

  /** Ends its process, and with it those of the hand-in. */
  stop(): void {
    // In order, so that it takes its temporary folders with it; a broken one may need more.
    const { child } = this;
    if (child?.connected) child.disconnect();
    const patience = setTimeout(() => child?.kill('SIGKILL'), 5_000);
    child?.once('exit', () => clearTimeout(patience));
    patience.unref();
    this.child = undefined;
  }

  private start(): ChildProcess {
    const core = this.lane % availableParallelism();
    const node = [`--max-old-space-size=${heapMib}`];
    const pinned = { execPath: 'taskset', execArgv: ['-c', `${core}`, process.execPath, ...node] };
    this.child ??= fork(path.join(__dirname, 'grader-process.cjs'), {
      ...(canPin() ? pinned : { execArgv: node }),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return this.child;
  }
}

let pins: boolean | undefined;

/** Whether processes can be bound to a core here: on Linux with util-linux, most likely. */
function canPin(): boolean {
  pins ??= spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  return pins;
}
