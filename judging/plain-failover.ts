/** Plain failover: servers crash, and nothing else fails. What goes wrong then goes wrong at any time. */
import type { Address } from '../runtime/node';
import type { TraceEvent } from '../runtime/trace';

/** Milliseconds. No message of a sound network is longer under way. */
const lateMs = 20;

/**
 * True: servers crashed, never the last one that ran, and nobody else did; nobody was paused; each message
 * arrived once and in time, unless one of its two ends had crashed.
 */
export function isPlainFailover(trace: readonly TraceEvent[]): boolean {
  const network = new SoundNetwork();
  /** Those that have pinged the view service, and run. */
  const running = new Set<Address>();
  let crashes = 0;
  for (const event of trace) {
    if (event.type === 'pause' || !network.carries(event)) return false;
    if (isPing(event)) running.add(event.from);
    if (event.type !== 'crash') continue;
    crashes += 1;
    if (!running.delete(event.node) || running.size === 0) return false;
  }
  return crashes > 0 && network.isEmpty(trace.at(-1)?.t ?? 0);
}

type MessageEvent = Extract<TraceEvent, { kind: unknown }>;

function isPing(event: TraceEvent): event is MessageEvent {
  return event.type === 'send' && event.call === 'ViewService.ping' && event.kind === 'request';
}

class SoundNetwork {
  private readonly started = new Set<Address>();
  /** Until when messages from and to a node are lost because it crashed; without end while it is down. */
  private readonly lostUntil = new Map<Address, number>();
  private readonly underWay = new Map<string, { t: number; ends: readonly Address[] }>();

  /** False: this happens on no sound network. */
  carries(event: TraceEvent): boolean {
    const { type, node, t } = event;
    if (type === 'start') this.started.add(node);
    if (type === 'crash') this.lostUntil.set(node, Number.POSITIVE_INFINITY);
    else if (type === 'start' && this.lostUntil.has(node)) this.lostUntil.set(node, t + lateMs);
    return !('kind' in event) || this.carriesMessage(event);
  }

  private carriesMessage({ type, kind, id, from, to, t }: MessageEvent): boolean {
    if (type === 'duplicate' || type === 'hold') return false;
    const name = `${kind} ${id} ${from} ${to}`;
    const sentAt = this.underWay.get(name)?.t ?? t;
    if (type === 'send') {
      this.underWay.set(name, { t, ends: [from, to] });
      return true;
    }
    this.underWay.delete(name);
    if (type === 'deliver') return t - sentAt <= lateMs;
    // What a node sends to nobody gets lost on every network.
    const isStray = type === 'drop' && !this.started.has(to);
    return isStray || this.isLost(t, [from, to]);
  }

  /** Nothing is left that was sent long ago: what is held back for ever leaves no other sign. */
  isEmpty(now: number): boolean {
    const left = [...this.underWay.values()];
    return left.every(({ t, ends }) => now - t <= lateMs || this.isLost(t, ends));
  }

  private isLost(t: number, ends: readonly Address[]): boolean {
    return ends.some((end) => t <= (this.lostUntil.get(end) ?? Number.NEGATIVE_INFINITY));
  }
}
