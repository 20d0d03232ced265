/** The contract of a chain: what clients ask its ends, and what its servers hand on. */
import * as v from 'valibot';
import { defineService } from '../../runtime/service';

const Key = v.pipe(v.string(), v.maxLength(100), v.description('The key.'));
const Value = v.pipe(v.string(), v.maxLength(10_000), v.description('A value.'));

export const Write = v.object({
  op: v.picklist(['put', 'append']),
  key: Key,
  value: Value,
});
export type Write = v.InferOutput<typeof Write>;

export const ChainService = defineService(
  'ChainService',
  'A key/value service, replicated along a chain.',
  {
    write: {
      doc: 'A client asks the head. A repetition has the same number; it takes effect once.',
      args: v.object({
        client: v.pipe(v.string(), v.maxLength(64), v.description('Who asks.')),
        seq: v.pipe(
          v.number(),
          v.safeInteger(),
          v.minValue(1),
          v.description('Its writes, counted.'),
        ),
        write: Write,
      }),
      reply: v.object({}),
    },
    read: {
      doc: 'A client asks the tail.',
      args: v.object({ key: Key }),
      reply: v.object({ value: v.nullable(Value) }),
    },
    handOn: {
      doc: 'A server tells the next one of a write. The reply: all servers from there on have it.',
      args: v.object({
        number: v.pipe(
          v.number(),
          v.safeInteger(),
          v.minValue(1),
          v.description('Its place in the order.'),
        ),
        write: Write,
      }),
      reply: v.object({}),
    },
  },
);
