/** Whether nothing but servers failed in a run: what goes wrong then goes wrong at every failover. */
import type { Address } from '../runtime/node';
import type { TraceEvent } from '../runtime/trace';

/** Milliseconds. No message of a sound network is longer under way. */
const lateMs = 20;

/**
 * True: each message arrived once and in time, unless one of its two ends had crashed; nobody was paused, and
 * the view service, if there is one, never ended.
 */
export function isNetworkSound(trace: readonly TraceEvent[]): boolean {
  /** Until when messages from and to a node are lost because it crashed; without end while it is down. */
  const lostUntil = new Map<Address, number>();
  const started = new Set<Address>();
  const underWay = new Map<string, { readonly t: number; readonly ends: readonly Address[] }>();
  const isLost = (t: number, ends: readonly Address[]) =>
    ends.some((end) => t <= (lostUntil.get(end) ?? Number.NEGATIVE_INFINITY));
  const deciders = new Set<Address>();
  for (const event of trace) {
    if (event.type === 'pause' || event.type === 'duplicate' || event.type === 'hold') return false;
    if (event.type === 'crash') {
      if (deciders.has(event.node)) return false;
      lostUntil.set(event.node, Number.POSITIVE_INFINITY);
    } else if (event.type === 'start') {
      started.add(event.node);
      if (lostUntil.has(event.node)) lostUntil.set(event.node, event.t + lateMs);
    }
    if (!('kind' in event)) continue;
    const { type, kind, id, from, to, t } = event;
    const name = `${kind} ${id} ${from} ${to}`;
    if (type === 'send') {
      underWay.set(name, { t, ends: [from, to] });
      if (kind === 'request' && event.call.startsWith('ViewService.')) deciders.add(to);
      continue;
    }
    // What a node sends to nobody gets lost on every network.
    const isStray = type === 'drop' && !started.has(to);
    if (type !== 'deliver' && !isStray && !isLost(t, [from, to])) return false;
    if (t - (underWay.get(name)?.t ?? t) > lateMs) return false;
    underWay.delete(name);
  }
  const end = trace.at(-1)?.t ?? 0;
  // What is held back for ever leaves no other sign.
  return [...underWay.values()].every(({ t, ends }) => end - t <= lateMs || isLost(t, ends));
}
