/**
 * A former primary that answers a client with the consent of a server which knows a newer view, of another primary:
 * who says yes in two views makes two primaries.
 */
import type { Address } from '../../runtime/node';
import type { TraceEvent } from '../../runtime/trace';
import type { View } from '../../viewservice/api';
import type { Cause } from '../breach';
import { callIn, isSecondAnswer, ms } from './client-operations';

/** A message of one server to another, and the newest view of its sender when it was sent. */
interface Sent {
  readonly viewnum: number;
  readonly content: string;
  /** The newest view of the receiver, when that is a later one of another primary. */
  later?: View;
}

/** The yes of a server to such a message. */
interface Consent {
  readonly by: Address;
  readonly at: number;
  readonly in: View;
  readonly viewnum: number;
}

export function consentToFormerPrimary(trace: readonly TraceEvent[]): Cause | undefined {
  const views = new Map<Address, View>();
  const sent = new Map<string, Sent>();
  const yes = new Map<string, Consent>();
  /** What each server heard last of another one, if that is such a consent. */
  const heard = new Map<Address, Consent>();
  const asked = new Map<string, Readonly<Record<string, unknown>>>();
  /** A copy of what was agreed to in its own view may be answered as before. */
  const seen = new Set<string>();
  for (const event of trace) {
    if (event.type === 'start') {
      views.delete(event.node);
      heard.delete(event.node);
    }
    if (event.type !== 'send' && event.type !== 'deliver') continue;
    const { type, node, kind, call, id, from, to, t } = event;
    const body = (event.body ?? {}) as Readonly<Record<string, unknown>>;
    const isAnswer = kind === 'response';
    const key = isAnswer ? `${to} ${from} ${id}` : `${from} ${to} ${id}`;
    if (call.startsWith('ViewService.')) {
      const isTold = type === 'deliver' && isAnswer && 'reply' in body;
      if (isTold) views.set(node, newer(views.get(node), body.reply as View));
    } else if (call === 'PbService.operate') {
      if (!isAnswer && type === 'deliver') asked.set(key, { ...(body.operation as object) });
      const consent = heard.get(from);
      const operation = asked.get(key);
      if (!isAnswer || type !== 'send' || !('reply' in body) || operation === undefined) continue;
      if (consent !== undefined && consent.viewnum === views.get(from)?.viewnum) {
        return causeOf(from, operation, t, consent);
      }
    } else if (!isAnswer && type === 'send') {
      const { viewnum } = views.get(from) ?? {};
      const content = JSON.stringify([from, to, call, body]);
      if (viewnum !== undefined) sent.set(key, { viewnum, content });
    } else if (!isAnswer) {
      const one = sent.get(key);
      const later = views.get(to);
      heard.delete(to);
      if (one === undefined) continue;
      const isNew = !seen.has(one.content);
      seen.add(one.content);
      if (later === undefined) continue;
      const says = typeof body.viewnum === 'number' ? body.viewnum : one.viewnum;
      const isLater = Math.max(one.viewnum, says) < later.viewnum && later.primary !== from;
      if (isLater && isNew) one.later = later;
    } else if (type === 'send') {
      const one = sent.get(key);
      if (one?.later === undefined || !('reply' in body)) continue;
      yes.set(key, { by: from, at: t, in: one.later, viewnum: one.viewnum });
    } else {
      const consent = isSecondAnswer(event) ? undefined : yes.get(key);
      if (consent === undefined) heard.delete(to);
      else heard.set(to, consent);
    }
  }
  return undefined;
}

function newer(known: View | undefined, told: View | null): View {
  const { viewnum = 0, primary = null, backup = null } = told ?? {};
  return known !== undefined && viewnum <= known.viewnum ? known : { viewnum, primary, backup };
}

function causeOf(
  former: Address,
  operation: Readonly<Record<string, unknown>>,
  answeredAt: number,
  { by, at, in: { viewnum, primary, backup }, viewnum: old }: Consent,
): Cause {
  const role = primary === by ? 'primary' : backup === by ? `backup of ${primary}` : 'idle';
  return {
    breach: 'a backup obeys the primary of its own view',
    remedy:
      `${by}, ${role} in view ${viewnum}, said yes at ${ms(at)} to a message of ${former}, which knew no newer ` +
      `view than ${old}; on that ${former} answered ${callIn(operation)} at ${ms(answeredAt)}. A server refuses ` +
      'what comes from another view than its own, by the number, before it looks at anything else.',
  };
}
