/**
 * The moment in which every promise that can go on has gone on: between two callbacks of the event loop.
 *
 * A turn of the event loop for each input would take longer than most inputs. So callbacks are asked for in
 * batches: Node runs all of a batch in one turn, and between two of them lets every promise go on and reports each
 * rejection that nobody handles, as it does at the end of a turn.
 */

const largestBatch = 32;

let size = 1;
let left = 0;
/** How many of this batch somebody has waited for. */
let used = 0;
let waiting: (() => void)[] = [];

/** Resolves when every promise that can go on has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (left > 0) return;
    // Where each input comes from another process, one is enough.
    size = used === size ? Math.min(2 * size, largestBatch) : Math.max(1, used);
    left = size;
    used = 0;
    for (let i = 0; i < size; i += 1) setImmediate(goOn);
  });
}

function goOn(): void {
  left -= 1;
  if (waiting.length > 0) used += 1;
  const resolved = waiting;
  waiting = [];
  for (const resolve of resolved) resolve();
}
