/**
 * Code of a node that loops for ever stops the whole thread, signals included. A thread of its own
 * sees that, says where it hangs, and ends the process.
 */
import { Worker } from 'node:worker_threads';
import { Progress } from '../runner/job';

/** Milliseconds of real time in which a node must settle after an input. */
const hangLimitMs = 15_000;

export interface Watchdog {
  /** A node is about to get an input. */
  entered(node: string, what: string): void;
  /** It has settled. */
  left(): void;
  dismiss(): Promise<number>;
}

/** Plain JavaScript, as it must not depend on anything that the main thread loads. */
const source = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const { buffer, hangLimitMs, program } = workerData;
const counter = new Int32Array(buffer, 0, 2);
const text = new Uint8Array(buffer, 8);
let count = -1;
let since = 0;
setInterval(() => {
  const now = Atomics.load(counter, 0);
  const [node, what] = String.fromCharCode(...text.slice(0, counter[1])).split('\\0');
  if (now !== count || node === '') {
    count = now;
    since = performance.now();
  } else if (performance.now() - since > hangLimitMs) {
    writeSync(2, program + ': ' + node + ' did not come back from ' + what + ' in ' +
      hangLimitMs / 1000 + ' s: an endless loop?\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, 250);
`;

export function watchOver(program: string, limitMs = hangLimitMs): Watchdog {
  const progress = new Progress();
  const workerData = { buffer: progress.buffer, hangLimitMs: limitMs, program };
  const worker = new Worker(source, { eval: true, workerData });
  worker.unref();
  return {
    entered: (node, what) => progress.note(node, what),
    left: () => progress.note('', ''),
    dismiss: () => worker.terminate(),
  };
}
