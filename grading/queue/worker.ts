/** Grades hand-ins that others put into the queue, each in a process apart. */
import { Worker } from 'bullmq';
import * as v from 'valibot';
import { frameworkDigest } from '../framework-digest';
import { Grader } from '../grade-apart';
import { GradeJob } from '../job';
import { connectionTo, queueName } from './connection';
import { workerOptions } from './queue';

export interface GradeWorkerOptions {
  readonly url: string;
  /** How many hand-ins it grades at a time. */
  readonly jobs: number;
  readonly onStart?: (handIn: string) => void;
  readonly onEnd?: (handIn: string, outcome: string) => void;
}

export class GradeWorker {
  private readonly worker: Worker;
  private readonly graders: Grader[] = [];

  private constructor(worker: Worker) {
    this.worker = worker;
    worker.on('error', () => undefined);
  }

  /** Rejects with an Error that says why when there is no Redis at this address. */
  static async start(options: GradeWorkerOptions): Promise<GradeWorker> {
    const { url, jobs, onStart = () => undefined, onEnd = () => undefined } = options;
    const connection = await connectionTo(url);
    const graders = Array.from({ length: jobs }, (_, lane) => new Grader(lane));
    const idle = [...graders];
    const worker = new Worker(
      queueName,
      async (queued) => {
        const job = v.parse(GradeJob, queued.data);
        if (job.framework !== frameworkDigest()) {
          throw new Error('this worker has another version of the framework than the one who asks');
        }
        const grader = idle.pop() ?? new Grader();
        onStart(job.handIn);
        try {
          const report = await grader.grade({ job }, (done) => void queued.updateProgress(done));
          onEnd(job.handIn, `${report.score}/${report.maxScore}`);
          return JSON.stringify(report);
        } catch (error) {
          onEnd(job.handIn, String(error));
          throw error;
        } finally {
          idle.push(grader);
        }
      },
      { connection, concurrency: jobs, ...workerOptions },
    );
    const made = new GradeWorker(worker);
    made.graders.push(...graders);
    await worker.waitUntilReady();
    return made;
  }

  /** Finishes what it has begun, and takes nothing more. */
  async close(): Promise<void> {
    await this.worker.close();
    await Promise.all(this.graders.map((grader) => grader.stop()));
  }
}
