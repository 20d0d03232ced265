/** A worker thread: runs scenarios, one job after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { allScenarios } from '../../catalogue';
import { type Job, Progress, ready } from './job';
import { runJob } from './run-job';

const progress = new Progress(workerData as SharedArrayBuffer);

parentPort?.on('message', async (job: Job) => {
  const scenario = allScenarios().find(({ id }) => id === job.scenario);
  if (scenario === undefined) throw new Error(`there is no scenario ${job.scenario}`);
  const result = await runJob(scenario, job, (node, what) => progress.note(node, what));
  parentPort?.postMessage(result);
});

parentPort?.postMessage(ready);
