/** A client that waits, and has not sent anything for so long that no pause between two tries explains it. */
import type { TraceEvent } from '../../runtime/trace';
import { type ClientOperation, ms } from './client-operations';

/** Milliseconds of the run: a pause is a second at the most, and a call without an answer ends before that many. */
const silenceMs = 5_000;

export function pauseTooLong(
  trace: readonly TraceEvent[],
  operations: readonly ClientOperation[],
): string | undefined {
  const end = trace.at(-1)?.t ?? 0;
  for (const { client, call, returned, tries } of operations) {
    if (returned !== undefined) continue;
    const last = trace.findLast((event) => event.node === client && event.type === 'send');
    const isOver = last === undefined || end - last.t < silenceMs;
    if (isOver || isUnderWay(trace, last)) continue;
    return (
      `${client} waits for ${call}, which it has sent ${times(tries.length)}; the last message that it sent at ` +
      `all was at ${ms(last.t)}, and the run ended at ${ms(end)}. The clerk is at fault: it tries again ` +
      'until the operation is done, and its pause before the next try is a second at the most.'
    );
  }
  return undefined;
}

/** Who has got a request may be slow to answer it, and a clerk patient. */
function isUnderWay(trace: readonly TraceEvent[], sent: TraceEvent): boolean {
  if (!('call' in sent)) return false;
  let isUnderWay = false;
  for (const event of trace) {
    if (event.type !== 'deliver' || event.id !== sent.id) continue;
    if (event.from === sent.from && event.to === sent.to) isUnderWay = true;
    if (event.from === sent.to && event.to === sent.from) return false;
  }
  return isUnderWay;
}

function times(count: number): string {
  if (count === 0) return 'to no server';
  return count === 1 ? 'once' : `${count} times`;
}
