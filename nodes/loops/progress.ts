/** The progress of a worker, for a watcher outside of it. */

/** The node that got the last input, and the input; without a node it is the framework's own work. */
export interface LastInput {
  readonly node: string;
  readonly what: string;
}

/** Shared with each worker, so that one can see from outside where a worker hangs. */
export class WorkerProgress {
  readonly buffer: SharedArrayBuffer;
  private readonly counter: Int32Array;
  private readonly text: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(WorkerProgress.textStart + WorkerProgress.textBytes)) {
    this.buffer = buffer;
    this.counter = new Int32Array(buffer, 0, 3);
    this.text = new Uint8Array(buffer, WorkerProgress.textStart);
  }

  private static readonly textStart = 12;
  private static readonly textBytes = 256;

  /** In the worker: `node` is about to get an input. */
  note(node: string, what: string): void {
    const text = `${node}\0${what}`;
    const length = Math.min(text.length, WorkerProgress.textBytes);
    // Names are ASCII; a plain loop is faster here than TextEncoder, and this runs at every input.
    for (let i = 0; i < length; i += 1) this.text[i] = text.charCodeAt(i);
    this.counter[1] = length;
    Atomics.add(this.counter, 0, 1);
  }

  /** From outside: how many inputs there were so far. */
  get count(): number {
    return Atomics.load(this.counter, 0);
  }

  /** The id of the thread in the system, for a clock of its own; 0: unknown. */
  get systemThread(): number {
    return Atomics.load(this.counter, 2);
  }

  set systemThread(id: number) {
    Atomics.store(this.counter, 2, id);
  }

  /** The last input and its node, read from outside. */
  get last(): LastInput {
    const bytes = this.text.slice(0, this.counter[1]);
    const [node = '', what = ''] = String.fromCharCode(...bytes).split('\0');
    return { node, what };
  }
}
