/** Puts what a trace says about a message together: that it was sent, and what became of it. */
import type { TraceEvent } from '../../runtime/trace';

/** `unknown`: the trace does not say. It ended first, or it is that of one node only. */
export type ArrowEnd = 'deliver' | 'drop' | 'block' | 'unknown';

/** One arrow of the diagram. A message that arrives twice is two of them. */
export interface MessageArrow {
  readonly kind: 'request' | 'response';
  /** `Service.method`. */
  readonly call: string;
  readonly from: string;
  readonly to: string;
  /** When it left; when its fate came about, or the same if that is not known. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly fate: ArrowEnd;
  /** True: the message is the second copy of a duplicated one, or a later one. */
  readonly isCopy: boolean;
  /** True: the message was held back on its way, as the trace says. */
  readonly isHeld: boolean;
  /** The events of its ends, by their index in the trace; -1: not in the trace. */
  readonly sendIndex: number;
  readonly endIndex: number;
}

export type MessageEvent = Extract<TraceEvent, { readonly call: string }>;

export function isMessageEvent(event: TraceEvent): event is MessageEvent {
  return 'call' in event;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * All messages of a trace. The numbers of messages are those of the caller, and may begin again when
 * it restarts: the newest message of a number is the one that is meant.
 */
export function messagesOf(events: readonly TraceEvent[]): MessageArrow[] {
  const messages: Mutable<MessageArrow>[] = [];
  const newest = new Map<string, Mutable<MessageArrow>>();
  events.forEach((event, index) => {
    if (!isMessageEvent(event)) return;
    // The original is still on its way.
    if (event.type === 'duplicate') return;
    const { t, kind, id, from, to, call } = event;
    const key = `${from} ${to} ${kind} ${id}`;
    if (event.type === 'hold') {
      const held = newest.get(key);
      if (held !== undefined) held.isHeld = true;
      return;
    }
    const common = { kind, call, from, to, fromMs: t, toMs: t };
    if (event.type === 'send') {
      const message = { ...common, fate: 'unknown' as ArrowEnd, isCopy: false, isHeld: false };
      const added = { ...message, sendIndex: index, endIndex: -1 };
      newest.set(key, added);
      messages.push(added);
      return;
    }
    const end = { toMs: t, fate: event.type, endIndex: index };
    const sent = newest.get(key);
    if (sent === undefined) {
      messages.push({ ...common, ...end, isCopy: false, isHeld: false, sendIndex: -1 });
    } else if (sent.fate === 'unknown') {
      Object.assign(sent, end);
    } else {
      messages.push({ ...sent, ...end, isCopy: true });
    }
  });
  return messages;
}

/** Heartbeats of any kind: there are so many of them that they hide what they lead to. */
export function isPing(call: string): boolean {
  return /\.(ping|heartbeat)$/.test(call);
}
