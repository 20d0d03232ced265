/** Ids and numbers of clerks that do not tell one operation from another. */
import type { TraceEvent } from '../../runtime/trace';
import type { Breach, Cause } from '../breach';
import { quote } from '../history/phrases';
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
    const cause = (breach: Breach, how: string, why: string): Cause => ({
      breach,
      remedy: `${one.client} sent ${one.call} at ${ms(sentAt)}${how}. The clerk is at fault: ${why}.`,
    });
    if (!isSameClerk(other, one, trace)) {
      const who =
        one.client === other.client ? 'before it restarted it' : `${other.client}, another clerk,`;
      return cause(
        'no two clerks have the same id',
        ` under the client id ${quote(by)}, under which ${who} had sent ${other.call}`,
        'the replicas take the two for one, and what one asks for may pass for a repetition of what the other did',
      );
    }
    if (other.returned === undefined || other.returned.at > sentAt) {
      return cause(
        'one operation is under way at a time',
        `, while ${other.call}, which it had sent before, was under way`,
        'the replicas remember only the last operation of a client, so the next has to wait for its turn',
      );
    }
    if (seq === firstOf(other).seq && !one.isGet && !other.isGet && !other.returned.isReply) {
      return cause(
        'no number is used again',
        ` under number ${seq}, under which it had sent ${other.call} before it gave that up`,
        'what was given up may have been done, and the replicas take the two for one',
      );
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
