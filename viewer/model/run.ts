/** The data of a run page: it is made where the run was judged, and drawn in a browser. */
import type { TraceEvent } from '../../runtime/trace';

export interface RunData {
  /** The title of the run: the name of the scenario, or of the trace. */
  readonly title: string;
  /** Absent: nothing is known to be wrong. */
  readonly violation?: RunViolation;
  /** By time. */
  readonly events: readonly TraceEvent[];
  /** How many earlier events are not here, because there were too many. */
  readonly leftOut: number;
  readonly history?: HistoryData;
  /** Of a run that failed: one that passed and is as like it as could be found. */
  readonly nearest?: NearestRun;
}

/** A run that is shown in the place of another one, to see what went otherwise. */
export interface NearestRun {
  /** Which run it is, for people: `seed 12`. */
  readonly name: string;
  readonly events: readonly TraceEvent[];
  readonly history?: HistoryData;
}

export interface RunViolation {
  /** The violation in one sentence. */
  readonly actual: string;
  /** More about the violation: a label and a text each. */
  readonly notes: readonly (readonly [label: string, text: string])[];
  /** More lines, laid out already. */
  readonly details: readonly string[];
  /** The moment at which it showed, in milliseconds of the run. */
  readonly atMs: number;
}

/** The history of the clients, judged. */
export interface HistoryData {
  readonly operations: readonly OperationData[];
  readonly verdict: 'linearizable' | 'not linearizable' | 'unknown';
  /** The verdict in a sentence, and why. */
  readonly sentence: string;
  /** In which time, in milliseconds, no order of the operations works. */
  readonly window?: { readonly fromMs: number; readonly toMs: number };
}

/** An operation of a client, from its call to its return. */
export interface OperationData {
  readonly process: string;
  /** The call: `append k "v1,"`. */
  readonly call: string;
  /** The outcome: `ok`, `found "1"`, `failed`, `never returned`. */
  readonly outcome: string;
  readonly invokedMs: number;
  /** null: it never returned. */
  readonly returnedMs: number | null;
  /** Where it takes effect in an order that explains its key; null when there is none. */
  readonly pointMs: number | null;
  /** True: the operation is one of those that prove the violation. */
  readonly isEvidence: boolean;
}
