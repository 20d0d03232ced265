/** Constants of time in every world, and the patience of those who judge. */

/** Milliseconds between two pings of a server. */
export const pingIntervalMs = 100;
/** The number of missed pings in a row that makes a server dead. */
export const deadPings = 5;
/** Within this time, in milliseconds, a fault is noticed and the view that it calls for is served. */
export const recoveryMs = 5_000;
/** Within this time after all faults have ended, every client finishes. */
export const finishMs = 20_000;

/** A path of the explorer is at its end when clients and view service have seen nothing new for so long. */
export const quiescenceMs = 2_500;

/**
 * Real machines are slow at times: a condition may take three times as long there as the scenario says,
 * but not more than ten seconds longer, for some scenarios wait for what must not happen.
 */
export function inRealTimeMs(withinMs: number): number {
  return Math.min(3 * withinMs, withinMs + 10_000);
}
