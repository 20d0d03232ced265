/**
 * Runs jobs in worker threads, as many as there are cores. A worker that hangs or runs out of memory
 * is ended and replaced: its job fails with a sentence that says where, and the others go on.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../../runtime/errors';
import type { Failure } from '../scenario/failure';
import { type Job, type JobResult, Progress, ready } from './job';

export interface PoolOptions {
  readonly workers?: number;
  /** Milliseconds of computing without a single event after which a worker counts as hung. */
  readonly hangLimitMs?: number;
  /** Heap of one worker, in MiB. */
  readonly memoryLimitMib?: number;
}

const defaults = { hangLimitMs: 15_000, memoryLimitMib: 1_536 };
const watchIntervalMs = 250;
/** On a busy machine that may take so many times as long; who does not even compute hangs, too. */
const mostWaiting = 10;
/** Milliseconds within which a worker has loaded the framework. */
const loadLimitMs = 90_000;

interface Member {
  readonly worker: Worker;
  readonly progress: Progress;
  /** It has loaded the framework and waits for jobs. */
  isReady: boolean;
}

interface Queued {
  readonly job: Job;
  readonly resolve: (result: JobResult) => void;
}

export class Pool {
  private readonly options: typeof defaults;
  /** How many jobs run at the same time. */
  readonly size: number;
  private readonly idle: Member[] = [];
  private readonly members = new Set<Member>();
  private readonly queue: Queued[] = [];
  private closed = false;

  constructor(options: PoolOptions = {}) {
    this.options = { ...defaults, ...options };
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
    const progress = new Progress();
    const worker = new Worker(path.join(__dirname, 'worker.cjs'), {
      workerData: progress.buffer,
      resourceLimits: { maxOldGenerationSizeMb: this.options.memoryLimitMib },
    });
    const member = { worker, progress, isReady: false };
    this.members.add(member);
    return member;
  }

  private assign(member: Member, job: Job): Promise<JobResult> {
    const { worker, progress } = member;
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const finish = (result: JobResult, isFit: boolean) => {
        clearInterval(watch);
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
      const watch = this.watch(member, () => end(hung(progress, this.options.hangLimitMs)));
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

  private watch(member: Member, onHang: () => void): NodeJS.Timeout {
    const { progress } = member;
    let { count } = progress;
    let stillMs = 0;
    let computed = process.cpuUsage();
    return setInterval(() => {
      const { user, system } = process.cpuUsage(computed);
      computed = process.cpuUsage();
      // A thread that gets no core makes no progress, and has not hung.
      const computedMs = Math.min(watchIntervalMs, (user + system) / 1_000);
      const passedMs = Math.max(computedMs, watchIntervalMs / mostWaiting);
      stillMs = progress.count === count ? stillMs + passedMs : 0;
      count = progress.count;
      // A thread that is still loading the framework may take its time on a busy machine.
      const limitMs = member.isReady ? this.options.hangLimitMs : loadLimitMs;
      if (stillMs >= limitMs) onHang();
    }, watchIntervalMs);
  }

  private dismiss(member: Member): void {
    this.members.delete(member);
    void member.worker.terminate();
  }
}

function hung(progress: Progress, limitMs: number): Failure {
  const { node, what } = progress.last;
  return {
    kind: 'did not settle',
    expected: `every handler to give control back, at the latest at its next await`,
    actual: `${node || 'the solution'} did not come back from ${what || 'loading'} in ${limitMs / 1000} s: an endless loop?`,
  };
}

function died(error: Error, memoryLimitMib: number): Failure {
  const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
  return {
    kind: isMemory ? 'broken code' : 'framework',
    expected: isMemory ? `the run to need less than ${memoryLimitMib} MiB` : 'the run to end',
    actual: isMemory ? 'it ran out of memory: something grows without bound' : messageOf(error),
  };
}
