/**
 * A primary that answers an operation without a word from the backup of its view, though that view is
 * acknowledged: the backup may be primary by then, or become it, and knows nothing of the operation.
 */
import type { Address } from '../../runtime/node';
import type { TraceEvent } from '../../runtime/trace';
import type { Cause } from '../breach';
import type { CitedOperation } from '../failure';
import { callIn, contentOf, isBy, isSecondAnswer, ms } from './client-operations';

/** What a replica was told last of the view, and whether it has acknowledged that. */
interface Told {
  readonly viewnum: number;
  readonly primary: Address | null;
  readonly backup: Address | null;
  acknowledged: boolean;
}

/** An operation that has come to the primary of a view with a backup. */
interface Asked {
  readonly at: number;
  readonly from: Address;
  readonly client: string;
  readonly operation: Readonly<Record<string, unknown>>;
  readonly told: Told;
  /** How many messages of other replicas had come before. */
  readonly heard: number;
  /** The first message that the primary has sent to another replica since then. */
  sent?: { readonly at: number; readonly to: Address; readonly method: string };
}

/** Of several such answers one to a cited operation. */
export function answeredAlone(
  trace: readonly TraceEvent[],
  cited: readonly CitedOperation[] = [],
): Cause | undefined {
  let first: Cause | undefined;
  const views = new Map<Address, Told>();
  const heard = new Map<Address, number>();
  const asked = new Map<string, Asked>();
  /** Of each replica what it was asked for since it sent another one a message. */
  const unsent = new Map<Address, Asked[]>();
  /** What somebody was asked for before may be done, and its result known. */
  const seen = new Set<string>();
  for (const event of trace) {
    if (event.type === 'start') views.delete(event.node);
    if (event.type !== 'send' && event.type !== 'deliver') continue;
    const { type, node, kind, call, id, from, to, t } = event;
    const body = (event.body ?? {}) as Readonly<Record<string, unknown>>;
    const told = views.get(node);
    if (call === 'ViewService.ping' && type === 'send') {
      if (told?.viewnum === body.viewnum && told !== undefined) told.acknowledged = true;
    } else if (call !== 'PbService.operate') {
      if (type === 'send' && kind === 'request') {
        const method = call.replace(/^.*\./, '');
        for (const one of unsent.get(node) ?? []) one.sent = { at: t, to, method };
        unsent.delete(node);
      }
      if (type !== 'deliver') continue;
      const isOfViews = call.startsWith('ViewService.');
      if (kind === 'response' && (isOfViews || isSecondAnswer(event)))
        views.set(node, newer(told, body.reply));
      if (!isOfViews) heard.set(node, (heard.get(node) ?? 0) + 1);
    } else if (kind === 'request' && type === 'deliver') {
      const { client, seq, operation } = body as { [field: string]: unknown; operation: object };
      const isFirst = !seen.has(`${client} ${seq}`);
      seen.add(`${client} ${seq}`);
      const hasBackup = told?.primary === to && told.backup !== null;
      if (!isFirst || !hasBackup) continue;
      const one: Asked = {
        at: t,
        from,
        client: `${client}`,
        operation: { ...operation },
        told,
        heard: heard.get(to) ?? 0,
      };
      asked.set(`${to} ${from} ${id}`, one);
      const before = unsent.get(to);
      if (before === undefined) unsent.set(to, [one]);
      else before.push(one);
    } else if (kind === 'response' && type === 'send' && 'reply' in body) {
      const one = asked.get(`${from} ${to} ${id}`);
      const isAlone = one?.told === told && one?.heard === (heard.get(from) ?? 0);
      if (told?.acknowledged !== true) continue;
      if (one === undefined || !isAlone) continue;
      const cause = causeOf(from, one, t);
      if (cited.some((operation) => isRequestOf(operation, one))) return cause;
      first ??= cause;
    }
  }
  return first;
}

function isRequestOf(cited: CitedOperation, { at, from, client, operation }: Asked): boolean {
  return isBy(cited, from, client, at) && contentOf(cited.operation) === contentOf(operation);
}

function newer(told: Told | undefined, reply: unknown): Told {
  const { viewnum = 0, primary = null, backup = null } = (reply ?? {}) as Partial<Told>;
  if (told !== undefined && viewnum <= told.viewnum) return told;
  return { viewnum, primary, backup, acknowledged: false };
}

function causeOf(
  primary: Address,
  { at, operation, told, sent }: Asked,
  answeredAt: number,
): Cause {
  const { viewnum, backup } = told;
  return {
    breach: operation.op === 'get' ? 'reads go through the backup' : 'writes go through the backup',
    remedy:
      `${primary}, the primary of view ${viewnum}, got ${callIn(operation)} at ${ms(at)} and answered ` +
      `it at ${ms(answeredAt)}; no message of another server had come in between. ` +
      (sent !== undefined
        ? `Its ${sent.method} to ${sent.to}, sent at ${ms(sent.at)}, was still without an answer: neither silence ` +
          `nor a time-out is a yes. Only when ${backup} has said that it has the operation is a client answered.`
        : `It had sent ${backup}, its backup, nothing: the backup has to have the operation before a client is ` +
          'answered.'),
  };
}
