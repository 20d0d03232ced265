import * as v from 'valibot';
import { defineService } from '../runtime/service';
import { ViewNumber } from '../viewservice/api';
import { ClientRequest } from './api';

export const StateEntry = v.variant('of', [
  v.object({ of: v.literal('map'), key: v.string(), value: v.string() }),
  v.object({
    of: v.literal('duplicates'),
    client: v.string(),
    seq: v.number(),
    value: v.nullable(v.string()),
    refusal: v.nullable(v.string()),
  }),
]);
export type StateEntry = v.InferOutput<typeof StateEntry>;

export const ApplyArgs = v.object({
  viewnum: ViewNumber,
  index: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  request: ClientRequest,
});
export type ApplyArgs = v.InferOutput<typeof ApplyArgs>;

export const LoadArgs = v.object({
  viewnum: ViewNumber,
  part: v.number(),
  parts: v.number(),
  entries: v.array(StateEntry),
});
export type LoadArgs = v.InferOutput<typeof LoadArgs>;

export const ReplicationService = defineService(
  'ReplicationService',
  'A numbered log in each view.',
  {
    load: {
      doc: 'A part of the state with which the log of this view begins, in any order.',
      args: LoadArgs,
      reply: v.object({}),
    },
    apply: {
      doc: 'One entry of the log. The reply says up to which entry all have been applied.',
      args: ApplyArgs,
      reply: v.object({ applied: v.number() }),
    },
  },
);
