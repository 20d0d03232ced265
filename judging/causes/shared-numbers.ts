/** Ids and numbers of clerks that do not tell one operation from another. */
import type { TraceEvent } from '../../runtime/trace';
import type { Cause } from '../breach';
import { type ClientOperation, ms } from './client-operations';

/** Two clerks with one id, or one that has two operations under way, or under one number. */
export function sharedNumbers(
  trace: readonly TraceEvent[],
  operations: readonly ClientOperation[],
): Cause | undefined {
  const before = new Map<string, ClientOperation>();
  const byStart = [...operations].filter(({ tries }) => tries.length > 0);
  byStart.sort((a, b) => firstOf(a).sentAt - firstOf(b).sentAt);
  for (const one of byStart) {
    const { by, seq, sentAt } = firstOf(one);
    const other = before.get(by);
    before.set(by, one);
    if (other === undefined) continue;
    const sent = `${one.client} sent ${one.call} at ${ms(sentAt)}`;
    const earlier = `${other.client} ${one.client === other.client ? 'had sent' : 'sent'} ${other.call}`;
    const fault = 'The clerk is at fault:';
    if (!isSameClerk(other, one, trace)) {
      const remedy = `${sent} as client ${by}, and so ${earlier}, which was another clerk. ${fault} the replicas take the two for one.`;
      return { breach: 'no two clerks have the same id', remedy };
    }
    if (other.returned === undefined || other.returned.at > sentAt) {
      const remedy = `${sent}, while ${other.call}, which it had sent as the same client ${by}, was under way. ${fault} the replicas remember only the last operation of a client.`;
      return { breach: 'one operation is under way at a time', remedy };
    }
    if (seq === firstOf(other).seq && !one.isGet && !other.isGet && !other.returned.isReply) {
      const remedy = `${sent} under number ${seq}, under which ${earlier} before and gave it up. ${fault} the replicas take the two for one, as the first may have been done.`;
      return { breach: 'no number is used again', remedy };
    }
  }
  return undefined;
}

function firstOf({ tries }: ClientOperation) {
  const [first] = tries;
  if (first === undefined) throw new Error('an operation without a try');
  return first;
}

/** The same node, which has not started anew in between. */
function isSameClerk(
  one: ClientOperation,
  other: ClientOperation,
  trace: readonly TraceEvent[],
): boolean {
  const [from, to] = [one.invokedAt, other.invokedAt];
  return (
    one.client === other.client &&
    !trace.some(
      ({ type, node, t }) => type === 'start' && node === one.client && t > from && t <= to,
    )
  );
}
