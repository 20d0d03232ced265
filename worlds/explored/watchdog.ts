/**
 * Code of a node that loops for ever stops the whole thread, signals included. A thread of its own
 * sees that, says where it hangs, and ends the process.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { hangLimitMs } from '../../nodes/loops/endless-loops';
import { WorkerProgress } from '../../nodes/loops/progress';

/** Told of what the code of nodes does. */
export interface WatchedCode {
  /** A node is about to get an input. */
  readonly onInput?: (node: string, what: string) => void;
  /** Called when the node has settled. */
  readonly onSettled?: () => void;
}

export interface Watchdog extends Required<WatchedCode> {
  dismiss(): Promise<number>;
}

/**
 * Plain JavaScript, as it must not depend on anything that the main thread loads; only when a node hangs,
 * what finds the place and the words is loaded.
 */
const source = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const { buffer, hangLimitMs, program, root } = workerData;
const counter = new Int32Array(buffer, 0, 2);
const text = new Uint8Array(buffer, 12);
let count = -1;
let since = 0;
// In time on a processor: a busy machine makes no loop of anything.
const computedMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
let isFinding = false;
const look = () => {
  const now = Atomics.load(counter, 0);
  const [node, what] = String.fromCharCode(...text.slice(0, counter[1])).split('\\0');
  if (now !== count || node === '') {
    count = now;
    since = computedMs();
  } else if (computedMs() - since > hangLimitMs && !isFinding) {
    isFinding = true;
    found({ node, what }).finally(() => {
      isFinding = false;
    });
  }
};
const found = async (last) => {
  require(root + '/runtime/typescript.cjs').register();
  const { placeOf } = require(root + '/nodes/loops/stack-samples');
  const { EndlessLoops } = require(root + '/nodes/loops/endless-loops');
  const place = await placeOf('main', computedMs);
  // The worker may have come back at the last moment, after all.
  if (Atomics.load(counter, 0) !== count) return;
  const { actual, details } = new EndlessLoops(hangLimitMs).found(last, place);
  writeSync(2, program + ': ' + actual + ' (' + details.join('; ') + ')\\n');
  process.kill(process.pid, 'SIGKILL');
};
// The timer also keeps this thread alive while a debugger's answers are on their way.
setInterval(look, 100);
`;

const root = path.join(__dirname, '../..');

export function watchOver(program: string, limitMs = hangLimitMs): Watchdog {
  const progress = new WorkerProgress();
  const workerData = { buffer: progress.buffer, hangLimitMs: limitMs, program, root };
  const worker = new Worker(source, { eval: true, workerData });
  worker.unref();
  return {
    onInput: (node, what) => progress.note(node, what),
    onSettled: () => progress.note('', ''),
    dismiss: () => worker.terminate(),
  };
}
