/** The result of one run of a scenario. */
import type { Failure } from '../../judging/failure';
import type { HistoryEvent } from '../../judging/history/model/history';
import type { TraceEvent } from '../../runtime/trace';
import type { Drawn } from './setting';

export interface RunResult {
  readonly seed: number;
  /** null: the scenario passed. */
  readonly failure: Failure | null;
  /** How long the run took in the world's own time. */
  readonly virtualMs: number;
  readonly delivered: number;
  readonly trace: readonly TraceEvent[];
  readonly history: readonly HistoryEvent[];
  /** What was not plain in its setting. */
  readonly setting?: readonly Drawn[];
}

/** A run that passed, to be shown beside one that failed. */
export interface PassingRun {
  /** Which run it is, for people: `seed 12`. */
  readonly name: string;
  readonly trace: readonly TraceEvent[];
  readonly history: readonly HistoryEvent[];
}
