/**
 * A campaign makes many runs and is judged as one scenario: it fails with the first run that fails.
 * What it runs in is an arena, so that it need not know where the code of a hand-in runs.
 */

import type { Failure } from '../../judging/failure';
import type { HistoryEvent } from '../../judging/history/model/history';
import type { NodeHost } from '../../nodes/node-host';
import type { TraceEvent } from '../../runtime/trace';
import type { SimulatedWorldOptions } from '../../worlds/simulated/world';
import type { PassingRun, RunResult } from './run-result';
import type { Body } from './stage';

export interface Arena {
  readonly seed: number;
  /** The scenario, as schedules name it. */
  readonly scenario: string;
  /** How many runs may go on at the same time. */
  readonly atATime: number;
  /** Of runs of which there are many, the part that there is time for: from 0 to 1. */
  readonly share: number;
  /** Runs a scenario once, in a fresh simulated world. */
  simulate(
    options: Pick<SimulatedWorldOptions, 'seed' | 'tracing' | 'onArrival'>,
    body: Body,
  ): Promise<RunResult>;
  /** Whether a failure should be repeated before it is believed. */
  mayRepeat(): boolean;
  /** Explores: `host` may have many incarnations of a node going on at the same time. */
  explore<T>(body: (nodes: ExploredNodes) => Promise<T>): Promise<T>;
}

export interface ExploredNodes {
  readonly host: NodeHost;
  /** Nodes of which each incarnation is apart from all others, as in any other run. */
  inNewNodes<T>(run: (host: NodeHost) => Promise<T>): Promise<T>;
  /** Programs, by their files, whose histories must not be merged, and why. */
  readonly unmerged: ReadonlyMap<string, string>;
  /** Told before the code of a node runs. */
  readonly onInput?: (node: string, what: string) => void;
}

export interface CampaignResult {
  readonly failure: Failure | null;
  /** The coverage, in a few words; empty: as the scenario says. */
  readonly remark: string;
  readonly delivered: number;
  /** Of the run that failed: what replays it, and what happened in it. */
  readonly schedule?: string;
  /** The run that passes and is nearest to it. */
  readonly nearest?: PassingRun | undefined;
  readonly trace: readonly TraceEvent[];
  readonly history: readonly HistoryEvent[];
}

/** The schedule says something that the code does not do any more. */
export interface ScheduleMisfit {
  readonly misfit: string;
}

export interface Campaign {
  /** True: the campaign never explores, and its runs are all made by `simulate`. */
  readonly onlySimulates?: boolean;
  run(arena: Arena): Promise<CampaignResult>;
  /** Makes one run alone: what stands in its schedule after the seed; undefined: that is no such text. */
  replay?(arena: Arena, text: string): Promise<CampaignResult | ScheduleMisfit> | undefined;
}
