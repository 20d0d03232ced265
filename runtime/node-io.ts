/** Inputs and outputs of a node: between these a node is a function, see reactor.ts. */
import type { ErrorBody } from './errors';
import type { Address, Json } from './node';
import type { NodeBug } from './node-bug';

export type Input =
  | { readonly type: 'start' }
  | { readonly type: 'tick' }
  | { readonly type: 'timer'; readonly timer: number }
  | {
      readonly type: 'request';
      /** The caller; the response goes back to the same `from` with the same `id`. */
      readonly from: Address;
      readonly id: number;
      readonly service: string;
      readonly method: string;
      readonly args: unknown;
    }
  | { readonly type: 'response'; readonly id: number; readonly result: CallResult }
  | { readonly type: 'invoke'; readonly id: number; readonly f: string; readonly args: Json };

/** How a call ended: with a reply or with an error. */
export type CallResult = { readonly reply: unknown } | { readonly error: ErrorBody };

export type Output =
  | {
      readonly type: 'request';
      readonly to: Address;
      readonly id: number;
      readonly service: string;
      readonly method: string;
      readonly args: unknown;
    }
  | {
      readonly type: 'response';
      readonly to: Address;
      readonly id: number;
      readonly result: CallResult;
    }
  | { readonly type: 'timer'; readonly timer: number; readonly durationMs: number }
  | { readonly type: 'cancel-timer'; readonly timer: number }
  | { readonly type: 'return'; readonly id: number; readonly result: CallResult }
  | {
      readonly type: 'log';
      readonly event: string;
      readonly fields: { readonly [key: string]: Json };
    }
  | NodeBug;
