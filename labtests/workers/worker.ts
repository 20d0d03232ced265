/** A worker thread: runs scenarios, one job after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { WorkerProgress } from '../../nodes/loops/progress';
import { ownSystemThread } from '../../nodes/loops/thread-clock';
import { type Job, ready } from '../../suite/run/job';
import { everyScenario } from '../catalogue';
import { runJob } from './run-job';

const progress = new WorkerProgress(workerData as SharedArrayBuffer);
progress.systemThread = ownSystemThread();

parentPort?.on('message', async (job: Job) => {
  const scenario = everyScenario().find(({ id }) => id === job.scenario);
  if (scenario === undefined) throw new Error(`there is no scenario ${job.scenario}`);
  const result = await runJob(scenario, job, (node, what) => progress.note(node, what));
  parentPort?.postMessage(result);
});

parentPort?.postMessage(ready);
