/**
 * Looks into the trace of a failed run for servers that served and must not have. Each of the two
 * signs proves it by itself, as nobody can complete an operation in a view that was over before the
 * operation came, nor without having been primary at all.
 */
import type { Address } from '../runtime/node';
import type { TraceEvent } from '../runtime/trace';
import type { AnomalyKind } from './anomaly';

const call = 'PbService.operate';

export function wrongServers(trace: readonly TraceEvent[]): AnomalyKind[] {
  /** The newest view of which a server was primary. */
  const viewOf = new Map<Address, number>();
  /** The newest view whose primary has completed an operation. */
  let served = 0;
  /** The value of `served` when a request came. */
  const servedBefore = new Map<string, number>();
  const found = new Set<AnomalyKind>();
  for (const event of trace) {
    if (event.type === 'view' && event.primary !== null) viewOf.set(event.primary, event.viewnum);
    if (viewOf.size === 0 || !('call' in event) || event.call !== call) continue;
    const { kind, from, to, id } = event;
    if (kind === 'request' && event.type === 'deliver')
      servedBefore.set(name(to, from, id), served);
    if (kind !== 'response' || event.type !== 'send' || !isReply(event.body)) continue;
    const own = viewOf.get(from);
    if (own === undefined) found.add('serving without a view');
    else if (own < (servedBefore.get(name(from, to, id)) ?? 0)) found.add('split brain');
    served = Math.max(served, own ?? 0);
  }
  return [...found];
}

function name(server: Address, client: Address, id: number): string {
  return `${server} ${client} ${id}`;
}

function isReply(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'reply' in body;
}
