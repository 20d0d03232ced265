/** Binary searches over what is sorted already. */

/** The first index in [0, length) for which `holds`, which never turns false again; else `length`. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Something that lasts, in milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Finds, among very many spans, those that can be seen in a window of time. */
export class Spans<T extends Span> {
  readonly all: readonly T[];
  /** The latest end of this span and all before it. */
  private readonly latestEnd: Float64Array;

  constructor(spans: Iterable<T>) {
    this.all = [...spans].sort((a, b) => a.fromMs - b.fromMs);
    this.latestEnd = new Float64Array(this.all.length);
    let latest = Number.NEGATIVE_INFINITY;
    this.all.forEach(({ toMs }, i) => {
      latest = Math.max(latest, toMs);
      this.latestEnd[i] = latest;
    });
  }

  /** The spans that touch the window, by their beginning. */
  *within({ fromMs, toMs }: Span): Generator<T> {
    const { all, latestEnd } = this;
    const first = firstIndex(all.length, (i) => (latestEnd[i] as number) >= fromMs);
    for (let i = first; i < all.length; i += 1) {
      const span = all[i] as T;
      if (span.fromMs > toMs) return;
      if (span.toMs >= fromMs) yield span;
    }
  }
}
