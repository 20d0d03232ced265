/**
 * The trace: what happened in a run, one event a line (NDJSON), the same in every world. A trace is
 * what people look at, what the run page draws and what two runs are compared by.
 *
 * Every event has `t`, milliseconds since the start of the run, and `node`, whom it happened to.
 */

import type { Address, Json } from './node';
import type { CallResult } from './node-io';

interface At {
  readonly t: number;
  readonly node: Address;
}

/** A message; `id` is the same for a request, its response and all their fates. */
interface MessageEvent extends At {
  readonly kind: 'request' | 'response';
  readonly id: number;
  readonly from: Address;
  readonly to: Address;
  /** `Service.method`. */
  readonly call: string;
  readonly body: unknown;
}

export type TraceEvent =
  | (At & { readonly type: 'start' | 'stop' | 'crash' | 'pause' | 'resume' | 'tick' })
  | (At & { readonly type: 'timer'; readonly timer: number })
  /** At the sender: the message leaves. */
  | (MessageEvent & { readonly type: 'send' })
  /** At the receiver: the message arrives. */
  | (MessageEvent & { readonly type: 'deliver' })
  /** The message is lost, arrives once more, is stopped by a partition, or waits until later. */
  | (MessageEvent & { readonly type: 'drop' | 'duplicate' | 'block' | 'hold' })
  /** From now on nothing gets from the node to `to`; and from now on it does again. */
  | (At & { readonly type: 'cut' | 'mend'; readonly to: Address })
  /** The view service made a view. */
  | (At & {
      readonly type: 'view';
      readonly viewnum: number;
      readonly primary: Address | null;
      readonly backup: Address | null;
    })
  /** A client begins an operation. */
  | (At & {
      readonly type: 'invoke';
      readonly operation: number;
      readonly f: string;
      readonly args: Json;
    })
  /** The operation ended: with a reply or with an error. */
  | (At & { readonly type: 'return'; readonly operation: number; readonly result: CallResult })
  | (At & {
      readonly type: 'log';
      readonly event: string;
      readonly fields: { readonly [key: string]: Json };
    })
  /** The node's code threw where nobody could catch it. */
  | (At & { readonly type: 'failure'; readonly where: string; readonly error: string });

/** Takes the events of a run, in order. */
export type TraceSink = (event: TraceEvent) => void;

export function encodeTraceEvent(event: TraceEvent): string {
  return `${JSON.stringify(event)}\n`;
}
