/** The job that a runner gives a worker, and the worker's answer. */

import type { Failure } from '../../judging/failure';
import type { HistoryEvent } from '../../judging/history/model/history';
import type { TraceEvent } from '../../runtime/trace';
import type { CoordinationModel } from '../../worlds/coordination/programs';
import type { PassingRun } from '../scenario/run-result';

export interface Job {
  readonly scenario: string;
  readonly seeds: readonly number[];
  /** The folder of the solution. */
  readonly root: string;
  /** The decider in the place of the view service; undefined: the view service. */
  readonly arbiter?: CoordinationModel | undefined;
  /** Keeps the trace of the last run even if it passes. */
  readonly keepTrace?: boolean;
  /** Looks for a passing run to be shown beside one that fails. */
  readonly findsNearest?: boolean;
  /** Of a campaign: one run alone, what its schedule says after the seed. */
  readonly choices?: string | undefined;
}

/** The result of a scenario: it passes when it passes with every seed. */
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
  /** The coverage, if there is more to say than how many seeds ran. */
  readonly remark?: string;
  /** The schedule that replays the failure, if it is not the scenario with the seed. */
  readonly schedule?: string;
  /** The run that was asked for is none: what does not fit. */
  readonly misfit?: string;
}

/** The message of a worker that can take jobs. */
export const ready = 'ready';
