/**
 * Runs jobs in worker threads, as many as there are cores. A worker that hangs or runs out of memory
 * is ended and replaced: its job fails with a sentence that says where, and the others go on.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Failure } from '../../judging/failure';
import { EndlessLoops, hangLimitMs } from '../../nodes/loops/endless-loops';
import { WorkerProgress } from '../../nodes/loops/progress';
import { placeOf } from '../../nodes/loops/stack-samples';
import { ThreadClock } from '../../nodes/loops/thread-clock';
import { messageOf } from '../../runtime/errors';
import { type Job, type JobResult, ready } from '../../suite/run/job';

export interface PoolOptions {
  readonly workers?: number;
  /** Milliseconds of computing at one input after which a node counts as hung. */
  readonly hangLimitMs?: number;
  /** Heap of one worker, in MiB. */
  readonly memoryLimitMib?: number;
}

const defaults = { hangLimitMs, memoryLimitMib: 1_536 };
const watchIntervalMs = 100;
/** A worker that waits for a processor, or for something that never comes, has this many times as long. */
const mostWaiting = 20;
/** Milliseconds within which a worker has loaded the framework. */
const loadLimitMs = 90_000;

interface Member {
  readonly worker: Worker;
  readonly progress: WorkerProgress;
  /** True: the worker has loaded the framework and waits for jobs. */
  isReady: boolean;
}

interface Queued {
  readonly job: Job;
  readonly resolve: (result: JobResult) => void;
}

export class WorkerPool {
  private readonly options: typeof defaults;
  /** How many jobs run at the same time. */
  readonly size: number;
  private readonly idle: Member[] = [];
  private readonly members = new Set<Member>();
  private readonly queue: Queued[] = [];
  private closed = false;
  private readonly loops: EndlessLoops;

  constructor(options: PoolOptions = {}) {
    this.options = { ...defaults, ...options };
    this.loops = new EndlessLoops(this.options.hangLimitMs);
    this.size = options.workers ?? availableParallelism();
  }

  /** Runs a job as soon as a worker is free. Never rejects: whatever happens is a result. */
  run(job: Job): Promise<JobResult> {
    return new Promise((resolve) => {
      this.queue.push({ job, resolve });
      this.work();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.members].map(({ worker }) => worker.terminate()));
    this.members.clear();
  }

  private work(): void {
    while (this.queue.length > 0 && !this.closed) {
      const member = this.idle.pop() ?? (this.members.size < this.size ? this.hire() : undefined);
      if (member === undefined) return;
      const queued = this.queue.shift() as Queued;
      this.assign(member, queued.job).then(queued.resolve);
    }
  }

  private hire(): Member {
    const progress = new WorkerProgress();
    const worker = new Worker(path.join(__dirname, 'worker.cjs'), {
      workerData: progress.buffer,
      resourceLimits: { maxOldGenerationSizeMb: this.options.memoryLimitMib },
    });
    const member = { worker, progress, isReady: false };
    this.members.add(member);
    return member;
  }

  private assign(member: Member, job: Job): Promise<JobResult> {
    const { worker } = member;
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const finish = (result: JobResult, isFit: boolean) => {
        unwatch();
        // One by one: a Worker listens to itself, too, and must go on doing so.
        for (const [event, listener] of listeners) worker.off(event, listener);
        if (isFit) this.idle.push(member);
        else this.dismiss(member);
        resolve(result);
        this.work();
      };
      const end = (failure: Failure) => {
        const wallMs = performance.now() - startedAt;
        const seed = job.seeds[0] ?? 0;
        const nothing = { runs: 0, delivered: 0, trace: [], history: [] };
        finish({ failure, seed, wallMs, ...nothing }, false);
      };
      const unwatch = this.watch(member, end);
      const listeners = [
        [
          'message',
          (said: JobResult | typeof ready) => {
            if (said === ready) member.isReady = true;
            else finish(said, true);
          },
        ],
        ['error', (error: Error) => end(died(error, this.options.memoryLimitMib))],
        ['exit', (code: number) => end(died(new Error(`its thread ended with ${code}`), 0))],
      ] as const;
      for (const [event, listener] of listeners) worker.on(event, listener);
      worker.postMessage(job);
    });
  }

  /** Calls back, once, when the worker has computed for too long without anything new. */
  private watch(member: Member, onHang: (failure: Failure) => void): () => void {
    const { progress, worker } = member;
    const busyThreads = () => this.members.size - this.idle.length;
    const clock = new ThreadClock(() => progress.systemThread, busyThreads);
    let { count } = progress;
    let computedMs = clock.now();
    let stillMs = 0;
    const look = () => {
      const passedMs = clock.now() - computedMs;
      computedMs += passedMs;
      // A thread that gets no core makes no progress, and has not hung.
      const countedMs = Math.max(passedMs, watchIntervalMs / mostWaiting);
      stillMs = progress.count === count ? stillMs + countedMs : 0;
      count = progress.count;
      // A thread that is still loading the framework may take its time on a busy machine.
      const limitMs = member.isReady ? this.loops.limitFor(progress.last) : loadLimitMs;
      if (stillMs >= limitMs) void found();
    };
    let timer = setInterval(look, watchIntervalMs);
    let isOver = false;
    const found = async () => {
      clearInterval(timer);
      const { last } = progress;
      const place = await placeOf(worker.threadId, () => clock.now());
      if (isOver) return;
      // The worker may have come back at the last moment, after all.
      if (progress.count === count) onHang(this.loops.found(last, place));
      else timer = setInterval(look, watchIntervalMs);
    };
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }

  private dismiss(member: Member): void {
    this.members.delete(member);
    void member.worker.terminate();
  }
}

function died(error: Error, memoryLimitMib: number): Failure {
  const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
  return {
    kind: isMemory ? 'broken code' : 'framework',
    expected: isMemory ? `the run to need less than ${memoryLimitMib} MiB` : 'the run to end',
    actual: isMemory ? 'it ran out of memory: something grows without bound' : messageOf(error),
  };
}
