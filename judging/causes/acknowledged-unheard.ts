/**
 * A primary that acknowledges a view without a word from its backup since it has heard of that view: it cannot know
 * that the backup has the state, and the view service may now promote the backup.
 */
import type { Address } from '../../runtime/node';
import type { TraceEvent } from '../../runtime/trace';
import type { View } from '../../viewservice/api';
import type { Cause } from '../breach';
import { ms } from './client-operations';

/** The newest view that a replica was told, as its primary, and what it has sent its backup since then. */
interface Told {
  readonly at: number;
  readonly viewnum: number;
  readonly backup: Address;
  sent: number;
}

export function acknowledgedUnheard(trace: readonly TraceEvent[]): Cause | undefined {
  // Where nobody writes, as in a lab on the view service alone, no server has a state.
  if (!trace.some((event) => 'call' in event && event.call === 'PbService.operate'))
    return undefined;
  /** The trace of an explored run begins when views were made before. */
  const made = new Set<number>();
  const newest = new Map<Address, number>();
  const unheard = new Map<Address, Told>();
  for (const event of trace) {
    const { t, node } = event;
    if (event.type === 'start') {
      newest.delete(node);
      unheard.delete(node);
    }
    if (event.type === 'view') made.add(event.viewnum);
    if (event.type !== 'send' && event.type !== 'deliver') continue;
    const { type, kind, call, from, to } = event;
    const body = (event.body ?? {}) as Readonly<Record<string, unknown>>;
    const told = unheard.get(node);
    if (call === 'ViewService.ping' && type === 'send' && kind === 'request') {
      if (told !== undefined && told.viewnum === body.viewnum) return causeOf(node, told, t);
    } else if (call.startsWith('ViewService.')) {
      const view = body.reply as View | null | undefined;
      if (type !== 'deliver' || kind !== 'response' || typeof view?.viewnum !== 'number') continue;
      if (view.viewnum <= (newest.get(node) ?? 0)) continue;
      newest.set(node, view.viewnum);
      unheard.delete(node);
      const { viewnum, primary, backup } = view;
      if (primary === node && backup !== null && made.has(viewnum))
        unheard.set(node, { at: t, viewnum, backup, sent: 0 });
    } else if (type === 'deliver' && from === told?.backup) {
      unheard.delete(node);
    } else if (type === 'send' && to === told?.backup) {
      told.sent += 1;
    }
  }
  return undefined;
}

function causeOf(
  primary: Address,
  { at, viewnum, backup, sent }: Told,
  acknowledgedAt: number,
): Cause {
  const what =
    sent === 0
      ? `had sent its backup ${backup} nothing`
      : `had sent its backup ${backup} ${sent === 1 ? 'one message' : `${sent} messages`} without an answer`;
  return {
    breach: 'a view is acknowledged when the backup has the state',
    remedy:
      `${primary} heard of view ${viewnum}, as its primary, at ${ms(at)} and acknowledged it with its ping at ` +
      `${ms(acknowledgedAt)}; it ${what}. Until the backup has said that it has the whole state, the primary pings ` +
      'with an older number: neither silence nor a time-out is a yes.',
  };
}
