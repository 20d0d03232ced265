/**
 * The contract between replicas: what a primary asks its backup. Clients never use it, so a solution
 * may change it at will, also who calls whom, as long as it says what a backup needs to notice a message that comes late,
 * twice, or before the one that was sent first.
 */
import * as v from 'valibot';
import { defineService } from '../runtime/service';
import { ViewNumber } from '../viewservice/api';
import { ClientId, ClientRequest, OperationNumber } from './api';

// solution: begin
const count = (description: string) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.description(description));
// solution: end

/** A piece of the replicated state. */
// solution: begin
// stub: export const StateEntry = v.object({
// stub:   key: v.pipe(v.string(), v.description('A key.')),
// stub:   value: v.pipe(v.string(), v.description('Its value.')),
// stub: });
export const StateEntry = v.variant('of', [
  v.object({
    of: v.literal('map'),
    key: v.pipe(v.string(), v.description('A key.')),
    value: v.pipe(v.string(), v.description('Its value.')),
  }),
  v.object({
    of: v.literal('duplicates'),
    client: ClientId,
    seq: OperationNumber,
    value: v.pipe(
      v.nullable(v.string()),
      v.description('What that operation returned; null when it was refused.'),
    ),
    refusal: v.pipe(
      v.nullable(v.string()),
      v.description('Why it was refused with `too-large`; null: it was done.'),
    ),
  }),
]);
// solution: end
export type StateEntry = v.InferOutput<typeof StateEntry>;

export const ForwardArgs = v.object({
  viewnum: ViewNumber,
  // solution: begin
  position: count(
    'Counts the forwards of this view from 0, so that one that arrives twice is noticed.',
  ),
  // solution: end
  requests: v.array(ClientRequest),
});
export type ForwardArgs = v.InferOutput<typeof ForwardArgs>;

export const TransferArgs = v.object({
  viewnum: ViewNumber,
  // solution: begin
  attempt: count(
    'Counts the attempts of this primary in this view; a new attempt starts from chunk 0.',
  ),
  chunk: count('Counts the chunks of this attempt from 0.'),
  last: v.pipe(v.boolean(), v.description('True for the last chunk.')),
  // solution: end
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
      // solution: begin
      // stub: doc: 'The full state. It replaces whatever the backup had before.',
      doc: 'One chunk of the full state. The last one replaces whatever the backup had before.',
      // solution: end
      args: TransferArgs,
      reply: v.object({}),
    },
  },
);
