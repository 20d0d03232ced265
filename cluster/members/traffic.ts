/** Counts of the traffic between the processes of the cluster: pings, messages, and those that a partition stops. */
import type { ProxiedMessage, ProxyEvent } from '../../runtime/websocket/proxied-connection';

/** By which a server shows that it lives; with an arbiter of others it is any answer of that. */
const pings: ReadonlySet<string> = new Set(['ViewService.ping', 'PairService.heartbeat']);

export class Traffic {
  /** Messages that have arrived since the cluster started. */
  arrived = 0;
  /** Messages that the partition has stopped since it began. */
  blocked = 0;
  private readonly answeredAt = new Map<string, number>();

  /** Takes what a proxy tells of a message. */
  note(event: ProxyEvent, { kind, call, to }: ProxiedMessage): void {
    if (event === 'block') this.blocked += 1;
    if (event !== 'deliver') return;
    this.arrived += 1;
    if (kind === 'response' && pings.has(call)) this.answered(to);
  }

  /** Notes that the decider has answered this server. */
  answered(name: string): void {
    this.answeredAt.set(name, performance.now());
  }

  /** Milliseconds since a ping of this server was answered last; null: never. */
  pingAgoMs(name: string): number | null {
    const at = this.answeredAt.get(name);
    return at === undefined ? null : performance.now() - at;
  }

  /** The server starts again: earlier traffic says nothing of it. */
  forget(name: string): void {
    this.answeredAt.delete(name);
  }
}
