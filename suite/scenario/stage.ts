/** The stage of a scenario: all that a run gives to the language in which the scenario is told. */
import type { Recorder } from '../../judging/recorder';
import type { Solution } from '../../nodes/sandbox/sandbox';
import type { TraceEvent } from '../../runtime/trace';
import type { World } from '../../worlds/world';
import type { Drawn } from './setting';

/** The language of a lab makes its words of this. */
export interface Stage {
  readonly world: World;
  /** Takes down what clients do and see, which is judged in the end. */
  readonly recorder: Recorder;
  /** The seed of the run: what is drawn from it comes out the same when the run is repeated. */
  readonly seed: number;
  /** The dimensions of the setting that are drawn; undefined: all. What is not among them is plain. */
  readonly kept?: readonly string[] | undefined;
  /** Takes what is not plain in the setting of this run. */
  readonly tellSetting?: ((drawn: readonly Drawn[]) => void) | undefined;
  /** Where code of the solution may also be called directly, without a world: for whom. */
  readonly bare?: BareStage | undefined;
}

export interface BareStage {
  readonly solution: Solution;
  readonly seed: number;
  readonly onInput?: ((node: string, what: string) => void) | undefined;
  /** Takes what tells of it as a trace, for where nothing happened in the world; undefined: nobody will read it. */
  readonly keepTrace?: ((events: () => TraceEvent[]) => void) | undefined;
}

export type Body = (stage: Stage) => Promise<void>;
