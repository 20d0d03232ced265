/** A client that waits for ever, and has not asked the server that it was told to ask. */
import type { Address } from '../../runtime/node';
import type { TraceEvent } from '../../runtime/trace';
import type { ClientOperation } from './client-operations';

/** Milliseconds of the run: no clerk pauses as long between two tries. */
const silenceMs = 2_000;

interface Named {
  readonly at: number;
  readonly viewnum: number;
  readonly primary: Address;
}

export function silentToPrimary(
  trace: readonly TraceEvent[],
  operations: readonly ClientOperation[],
): string | undefined {
  const end = trace.at(-1)?.t ?? 0;
  for (const { client, call, returned } of operations) {
    if (returned !== undefined) continue;
    // One operation may wait for another one of the same clerk.
    const tries = operations.filter((one) => one.client === client).flatMap((one) => one.tries);
    const named = lastNamed(trace, client);
    if (named === undefined || end - named.at < silenceMs) continue;
    if (tries.some(({ to, sentAt }) => to === named.primary && sentAt >= named.at)) continue;
    const seconds = ((end - named.at) / 1_000).toFixed(1);
    return (
      `${client} waits for ${call}: the view service has told it that ${named.primary} is primary ` +
      `of view ${named.viewnum}, and in the ${seconds} s since then it has sent no request there. ` +
      'The clerk is at fault: it must ask whom the view service names, and go on asking.'
    );
  }
  return undefined;
}

/** Since when the view service has named the primary that it named to this client last. */
function lastNamed(trace: readonly TraceEvent[], client: Address): Named | undefined {
  let named: Named | undefined;
  for (const event of trace) {
    if (event.node !== client || event.type !== 'deliver' || event.kind !== 'response') continue;
    if (event.call !== 'ViewService.get') continue;
    const { reply } = (event.body ?? {}) as {
      reply?: { viewnum?: unknown; primary?: unknown } | null;
    };
    if (typeof reply?.primary !== 'string' || typeof reply.viewnum !== 'number') continue;
    if (named?.viewnum === reply.viewnum && named.primary === reply.primary) continue;
    named = { at: event.t, viewnum: reply.viewnum, primary: reply.primary };
  }
  return named;
}
