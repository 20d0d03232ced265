/**
 * The contract between replicas: what a primary asks its backup. Clients never use it, so a solution
 * may change it at will.
 */
import * as v from 'valibot';
import { defineService } from '../runtime/service';
import { ViewNumber } from '../viewservice/api';
import { ClientId, ClientRequest, OperationNumber } from './api';

const Position = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A piece of the replicated state: an entry of the key/value map or of the duplicate table. */
export const StateEntry = v.variant('of', [
  v.object({ of: v.literal('map'), key: v.string(), value: v.string() }),
  v.object({
    of: v.literal('duplicates'),
    client: ClientId,
    seq: OperationNumber,
    value: v.nullable(v.string()),
  }),
]);
export type StateEntry = v.InferOutput<typeof StateEntry>;

export const ForwardArgs = v.object({
  viewnum: ViewNumber,
  /** Counts the forwards of this view from 0, so that one that arrives twice is noticed. */
  position: Position,
  requests: v.array(ClientRequest),
});
export type ForwardArgs = v.InferOutput<typeof ForwardArgs>;

export const TransferArgs = v.object({
  viewnum: ViewNumber,
  /** Counts the attempts of this primary in this view; a new attempt starts from chunk 0. */
  attempt: Position,
  chunk: Position,
  last: v.boolean(),
  entries: v.array(StateEntry),
});
export type TransferArgs = v.InferOutput<typeof TransferArgs>;

export const ReplicationService = defineService(
  'ReplicationService',
  'What the primary asks the backup of its view. It belongs to the solution, not to the lab.',
  {
    forward: {
      doc:
        'Apply these operations, in this order, after all earlier ones. Refused with `wrong-view` ' +
        'unless the receiver is backup in this very view, and with `not-initialised` while it has ' +
        'no state.',
      args: ForwardArgs,
      reply: v.object({}),
    },
    transfer: {
      doc: 'One chunk of the full state. The last one replaces whatever the backup had before.',
      args: TransferArgs,
      reply: v.object({}),
    },
  },
);
