/**
 * Hand-ins as jobs of a queue on Redis, for a course that outgrows one machine. A job has a name of its
 * own by what is graded: asked for again, after either side was restarted, it is the same job, so nothing
 * is graded or counted twice. A worker that dies loses its lock, and another one takes the job.
 */
import { type Job, Queue, QueueEvents } from 'bullmq';
import { parseReport } from '../../report/parse';
import type { Report } from '../../report/schema';
import { messageOf } from '../../runtime/errors';
import type { GradeOne } from '../class/grade-class';
import { connectionTo, queueName } from './connection';

/** How long the result of a job is kept for the one who asked, in seconds. */
const keptSeconds = 7 * 24 * 3_600;
/** How often a job is begun again after its worker died, before it is given up. */
const maxDeaths = 5;

export class GradeQueue {
  private readonly queue: Queue;
  private readonly events: QueueEvents;

  private constructor(queue: Queue, events: QueueEvents) {
    this.queue = queue;
    this.events = events;
    // A lost connection is made again; whoever waits for a job goes on waiting.
    queue.on('error', () => undefined);
    events.on('error', () => undefined);
  }

  /** Rejects with an Error that says why when there is no Redis at this address. */
  static async connect(url: string): Promise<GradeQueue> {
    const connection = await connectionTo(url);
    const events = new QueueEvents(queueName, { connection });
    const made = new GradeQueue(new Queue(queueName, { connection }), events);
    await events.waitUntilReady();
    // A few hundred jobs may wait, each with listeners of its own.
    events.setMaxListeners(0);
    return made;
  }

  readonly gradeOne: GradeOne = async ({ job, digest }, onProgress) => {
    const added = await this.queue.add('grade', job, {
      jobId: `${digest}-${Buffer.from(job.handIn).toString('base64url')}`,
      removeOnComplete: { age: keptSeconds },
      removeOnFail: { age: keptSeconds },
    });
    if (await added.isFailed()) await added.retry();
    const told = ({ jobId, data }: { jobId: string; data: unknown }) => {
      if (jobId === added.id && typeof data === 'number') onProgress(data);
    };
    this.events.on('progress', told);
    try {
      return await this.resultOf(added);
    } finally {
      this.events.off('progress', told);
    }
  };

  async close(): Promise<void> {
    await Promise.allSettled([this.events.close(), this.queue.close()]);
  }

  private async resultOf(job: Job): Promise<Report> {
    let text: unknown;
    try {
      text = await job.waitUntilFinished(this.events);
    } catch (error) {
      throw new Error(`a worker could not grade it: ${messageOf(error)}`);
    }
    return parseReport(String(text));
  }
}

export const workerOptions = {
  /** A worker shows that it lives this often; one that does not is dead after twice that time. */
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: maxDeaths,
} as const;
