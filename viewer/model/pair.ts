/** A run that failed and the passing one beside it: which event of the one belongs to which of the other. */

import type { TraceEvent } from '../../runtime/trace';
import { type Comparison, compareRuns } from './compare';
import { type Describe, RunModel } from './model';
import type { RunData } from './run';
import type { PageState } from './view-state';

/** Which of the two is shown. */
export type Side = PageState['run'];

/** Where two runs part: the event of each there, undefined when nothing more happens. */
interface Parted {
  readonly node: string;
  readonly failing: TraceEvent | undefined;
  readonly passing: TraceEvent | undefined;
}

export class Pair {
  readonly data: RunData;
  /** undefined: there is one run only. */
  readonly comparison: Comparison | undefined;
  private readonly describe: Describe;
  private readonly models: Partial<Record<Side, RunModel>> = {};
  /** For each event of the passing run the same one of the failing run, or -1. */
  private readonly back: Int32Array;

  constructor(data: RunData, describe: Describe) {
    const { events, nearest } = data;
    this.data = data;
    this.describe = describe;
    this.comparison = nearest && compareRuns(events, nearest.events);
    this.back = new Int32Array(nearest?.events.length ?? 0).fill(-1);
    this.comparison?.counterparts.forEach((other, index) => {
      if (other >= 0) this.back[other] = index;
    });
  }

  model(side: Side): RunModel {
    let model = this.models[side];
    if (model === undefined) {
      model = new RunModel(this.dataOf(side), this.parting(side), this.describe);
      this.models[side] = model;
    }
    return model;
  }

  /** The event of the other run that belongs to an event: the same one, else what happened by then. */
  counterpart(side: Side, index: number): number {
    const other = otherSide(side);
    const same = (side === 'failing' ? this.comparison?.counterparts : this.back)?.[index] ?? -1;
    if (same >= 0) return same;
    const model = this.model(other);
    const parting = this.parting(other);
    if (index === this.parting(side) && parting !== undefined) return parting;
    return model.eventAt(this.model(side).timeOf(index));
  }

  /** Where the runs part; undefined: they are the same as far as one can see. */
  get parted(): Parted | undefined {
    const { data, comparison } = this;
    if (comparison?.parting === undefined) return undefined;
    const { node, here, there } = comparison.parting;
    return {
      node,
      failing: data.events[here ?? -1],
      passing: data.nearest?.events[there ?? -1],
    };
  }

  /** The event at which the runs part; undefined: nothing happens there any more. */
  parting(side: Side): number | undefined {
    const parting = this.comparison?.parting;
    return side === 'failing' ? parting?.here : parting?.there;
  }

  private dataOf(side: Side): RunData {
    const { data } = this;
    if (side === 'failing' || data.nearest === undefined) return data;
    const { title, leftOut } = data;
    const { events, history } = data.nearest;
    return { title, leftOut, events, ...(history && { history }) };
  }
}

export function otherSide(side: Side): Side {
  return side === 'failing' ? 'passing' : 'failing';
}
