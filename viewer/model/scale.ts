/**
 * The scale of a time axis. Runs come in bursts: milliseconds in which all happens, then
 * a pause of a hundred. A scale may shorten the pauses; the order of moments always stays.
 */
import { firstIndex, type Span } from './search';

/** Pauses become at most so many times as long as an ordinary gap between two events. */
const longestPause = 6;

export class Scale {
  /** Moments in milliseconds, and the places where they stand; both ascending. */
  private readonly moments: Float64Array;
  private readonly places: Float64Array;
  /** The pauses that are shortened. */
  readonly pauses: readonly Span[];

  /** `moments`: those of the events that are drawn, ascending. None: the scale is that of time. */
  constructor(moments: Iterable<number>) {
    const distinct: number[] = [];
    for (const moment of moments) {
      if (distinct.length === 0 || moment > (distinct.at(-1) as number)) distinct.push(moment);
    }
    const gaps = distinct.slice(1).map((moment, i) => moment - (distinct[i] as number));
    const ordinary = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length * 0.6)] ?? 0;
    const longest = ordinary * longestPause;
    const pauses: Span[] = [];
    this.moments = Float64Array.from(distinct);
    this.places = new Float64Array(distinct.length);
    let place = distinct[0] ?? 0;
    distinct.forEach((moment, i) => {
      const gap = i === 0 ? 0 : (gaps[i - 1] as number);
      if (gap > longest) pauses.push({ fromMs: moment - gap, toMs: moment });
      place += Math.min(gap, longest);
      this.places[i] = place;
    });
    this.pauses = pauses;
  }

  place(ms: number): number {
    return between(this.moments, this.places, ms);
  }

  moment(place: number): number {
    return between(this.places, this.moments, place);
  }

  /** A window, from moments to places. */
  placed({ fromMs, toMs }: Span): Span {
    return { fromMs: this.place(fromMs), toMs: this.place(toMs) };
  }

  /** The window of time between two places. */
  timed({ fromMs, toMs }: Span): Span {
    return { fromMs: this.moment(fromMs), toMs: this.moment(toMs) };
  }
}

/** Straight lines between the points; beyond them, one is as long as the other. */
function between(from: Float64Array, to: Float64Array, value: number): number {
  const after = firstIndex(from.length, (i) => (from[i] as number) > value);
  const [x1, y1] = [from[after - 1], to[after - 1]];
  const [x2, y2] = [from[after], to[after]];
  if (x1 === undefined || y1 === undefined) return value + ((y2 ?? 0) - (x2 ?? 0));
  if (x2 === undefined || y2 === undefined) return value + (y1 - x1);
  return y1 + ((value - x1) / (x2 - x1)) * (y2 - y1);
}
