/** Limits on the time of a process: by the computing that it does where the system can tell, not by the clock. */
import { usageOf } from './process-usage';

/** On a machine with far more to do than cores, one that only waits for a core has so many times as long. */
const maxTimes = 6;
/** A process computes if it had this share of the processor. */
const share = 0.5;
/** After this part of the time it is looked at for the first time: most are done long before. */
const firstLook = 0.1;

/**
 * How long a node may take to settle after an input, in milliseconds. What did not come back once need not
 * be waited for so long again; all other inputs have their time as before.
 */
export class HangLimits {
  private readonly longMs: number;
  private readonly shortMs: number;
  private readonly hung = new Set<string>();

  constructor(longMs: number, shortMs = longMs) {
    this.longMs = longMs;
    this.shortMs = Math.min(shortMs, longMs);
  }

  limitMs(what: string): number {
    return this.hung.has(what) ? this.shortMs : this.longMs;
  }

  hasHung(what: string): void {
    this.hung.add(what);
  }
}

/** Calls `onOver` once, unless ended before. */
export function patience(
  limitMs: number,
  pid: number | undefined,
  onOver: () => void,
): { end(): void } {
  const usedMs = () => (pid === undefined ? undefined : usageOf(pid)?.cpuMs);
  const watchedMs = limitMs * (1 - firstLook);
  let times = 0;
  let timer = setTimeout(() => {
    const before = usedMs();
    const look = () => {
      times += 1;
      const now = usedMs();
      const isKnown = now !== undefined && before !== undefined;
      if (!isKnown || now - before >= share * watchedMs || times >= maxTimes) return onOver();
      timer = setTimeout(look, watchedMs);
    };
    timer = setTimeout(look, watchedMs);
  }, limitMs * firstLook);
  return { end: () => clearTimeout(timer) };
}
