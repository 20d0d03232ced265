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

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const PageArgs = v.object({ viewnum: ViewNumber, from: Count });
export type PageArgs = v.InferOutput<typeof PageArgs>;

export const ReadyArgs = v.object({ viewnum: ViewNumber });
export type ReadyArgs = v.InferOutput<typeof ReadyArgs>;

export const NextArgs = v.object({ viewnum: ViewNumber, turn: Count, request: ClientRequest });
export type NextArgs = v.InferOutput<typeof NextArgs>;

export const ReplicationService = defineService('ReplicationService', 'A backup that asks.', {
  page: {
    doc: 'To the primary: some entries of the state, from this one on.',
    args: PageArgs,
    reply: v.object({ entries: v.array(StateEntry), total: Count }),
  },
  ready: { doc: 'To the primary: I have it all.', args: ReadyArgs, reply: v.object({}) },
  next: { doc: 'To the backup: the next operation.', args: NextArgs, reply: v.object({}) },
});
