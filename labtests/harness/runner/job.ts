/** What the runner asks a worker, and what the worker says. */
import type { TraceEvent } from '../../../runtime/trace';
import type { ModelName } from '../coordination/programs';
import type { HistoryEvent } from '../history/history';
import type { Failure } from '../scenario/failure';
import type { PassingRun } from './nearest';

export interface Job {
  readonly scenario: string;
  readonly seeds: readonly number[];
  /** The folder of the solution. */
  readonly root: string;
  /** Who decides in the place of the view service; undefined: the view service. */
  readonly arbiter?: ModelName | undefined;
  /** Keeps the trace of the last run even if it passes. */
  readonly keepTrace?: boolean;
  /** Looks for a passing run to be shown beside one that fails. */
  readonly findsNearest?: boolean;
  /** Of a campaign: one run alone, what its schedule says after the seed. */
  readonly choices?: string | undefined;
}

/** What came of a scenario: it passes when it passes with every seed. */
export interface JobResult {
  readonly failure: Failure | null;
  /** The seed that failed, or the last one that ran. */
  readonly seed: number;
  /** How many seeds ran. */
  readonly runs: number;
  readonly delivered: number;
  readonly wallMs: number;
  readonly trace: readonly TraceEvent[];
  readonly history: readonly HistoryEvent[];
  /** Of a failure: the nearest run that passes, if one was found. */
  readonly nearest?: PassingRun | undefined;
  /** What was covered, if there is more to say than how many seeds ran. */
  readonly remark?: string;
  /** What replays the failure, if it is not the scenario with the seed. */
  readonly schedule?: string;
  /** The run that was asked for is none: what does not fit. */
  readonly misfit?: string;
}

/** What a worker says once it can take jobs. */
export const ready = 'ready';

/** Shared with each worker, so that one can see from outside where a worker hangs. */
export class Progress {
  readonly buffer: SharedArrayBuffer;
  private readonly counter: Int32Array;
  private readonly text: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(Progress.textStart + Progress.textBytes)) {
    this.buffer = buffer;
    this.counter = new Int32Array(buffer, 0, 2);
    this.text = new Uint8Array(buffer, Progress.textStart);
  }

  private static readonly textStart = 8;
  private static readonly textBytes = 256;

  /** In the worker: `node` is about to get an input. */
  note(node: string, what: string): void {
    const text = `${node}\0${what}`;
    const length = Math.min(text.length, Progress.textBytes);
    // Names are ASCII; a plain loop is faster here than TextEncoder, and this runs at every input.
    for (let i = 0; i < length; i += 1) this.text[i] = text.charCodeAt(i);
    this.counter[1] = length;
    Atomics.add(this.counter, 0, 1);
  }

  /** From outside: how many inputs there were so far. */
  get count(): number {
    return Atomics.load(this.counter, 0);
  }

  /** From outside: who got the last input, and which. */
  get last(): { readonly node: string; readonly what: string } {
    const bytes = this.text.slice(0, this.counter[1]);
    const [node = '', what = ''] = String.fromCharCode(...bytes).split('\0');
    return { node, what };
  }
}
