/** The window of time that is on the screen. */
import type { Span } from './search';

/** The shortest window, in milliseconds: a hundredth of a message's way. */
const shortestMs = 0.02;

/** Moves and shortens a window until it lies within the run. */
function within({ fromMs, toMs }: Span, run: Span): Span {
  const most = Math.max(run.toMs - run.fromMs, shortestMs);
  const length = Math.min(Math.max(toMs - fromMs, shortestMs), most);
  const from = Math.min(Math.max(fromMs, run.fromMs), run.fromMs + most - length);
  return { fromMs: from, toMs: from + length };
}

/** Zooms so that the moment `ms` stays where it is; `factor` below 1 shows less. */
export function zoomed(window: Span, ms: number, factor: number, run: Span): Span {
  const length = Math.max((window.toMs - window.fromMs) * factor, shortestMs);
  const share = (ms - window.fromMs) / (window.toMs - window.fromMs);
  const fromMs = ms - share * length;
  return within({ fromMs, toMs: fromMs + length }, run);
}

/** Moves by a share of what is on the screen. */
export function moved({ fromMs, toMs }: Span, share: number, run: Span): Span {
  const by = share * (toMs - fromMs);
  return within({ fromMs: fromMs + by, toMs: toMs + by }, run);
}

/** The same window if the moment is well inside of it, else one in whose middle it is. */
export function revealing(window: Span, ms: number, run: Span): Span {
  const length = window.toMs - window.fromMs;
  const margin = length * 0.08;
  const isInside =
    (run.fromMs === window.fromMs || ms >= window.fromMs + margin) &&
    (run.toMs === window.toMs || ms <= window.toMs - margin);
  if (isInside && ms >= window.fromMs && ms <= window.toMs) return window;
  return within({ fromMs: ms - length / 2, toMs: ms + length / 2 }, run);
}

/** Round moments for the axis, as many as there is room for, and how many digits tell them apart. */
export function ticksOf({ fromMs, toMs }: Span, most: number) {
  const rough = (toMs - fromMs) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((it) => it >= rough) ?? rough;
  const first = Math.ceil(fromMs / step);
  const count = Math.floor(toMs / step) - first + 1;
  const ticks = Array.from({ length: Math.max(count, 0) }, (_, i) => (first + i) * step);
  return { ticks, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}
