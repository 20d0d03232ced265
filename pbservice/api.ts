/** The contract of the replicated key/value service: what clients may ask a replica. */
import * as v from 'valibot';
import { defineService } from '../runtime/service';

/** Longest key, in UTF-16 code units. */
export const maxKeyLength = 4096;
/** Longest value, in UTF-16 code units; an append that would make a longer one is refused. */
export const maxValueLength = 1024 * 1024;
/** Most that all keys, values and remembered outcomes have together; a write beyond it is refused. */
export const maxDataLength = 64 * 1024 * 1024;
/** Of so many clients, those that wrote last, each replica remembers the last write at least. */
export const minRememberedClients = 1000;
/** So many operations may wait at a primary at least before it refuses more as `overloaded`. */
export const minWaitingOperations = 1000;

const Key = v.pipe(v.string(), v.maxLength(maxKeyLength), v.description('The key.'));
const Value = v.pipe(
  v.string(),
  v.maxLength(maxValueLength),
  v.description('What to write, add or hash in.'),
);

export const Operation = v.variant('op', [
  v.object({ op: v.literal('get'), key: Key }),
  v.object({ op: v.literal('put'), key: Key, value: Value }),
  v.object({ op: v.literal('append'), key: Key, value: Value }),
  v.object({ op: v.literal('putHash'), key: Key, value: Value }),
]);
export type Operation = v.InferOutput<typeof Operation>;

export const ClientId = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(64),
  v.description('Identifies one clerk for its life; no two clerks may have the same.'),
);

export const OperationNumber = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(1),
  v.description('Numbers the operations of one clerk 1, 2, 3, ...; a retry keeps its number.'),
);

/** An operation with the number under which it takes effect at most once. */
export const ClientRequest = v.object({
  client: ClientId,
  seq: OperationNumber,
  operation: Operation,
});
export type ClientRequest = v.InferOutput<typeof ClientRequest>;

/** What an operation returns: the value read (null: no such key), or the old value of a putHash. */
export const OperationResult = v.object({
  value: v.pipe(
    v.nullable(v.pipe(v.string(), v.maxLength(maxValueLength))),
    v.description(
      'The value that a `get` read, null when there is no such key; the old value of a `putHash`; ' +
        'else null.',
    ),
  ),
});
export type OperationResult = v.InferOutput<typeof OperationResult>;

export const PbService = defineService(
  'PbService',
  'The replicated key/value service. Only the acting primary answers; every other replica refuses.',
  {
    operate: {
      doc:
        'Carries out one operation: `get` reads, `put` writes, `append` adds to the end, `putHash` ' +
        'writes the hash of the old value followed by the new one and returns the old value. ' +
        'Replies when primary and backup have both applied it.',
      args: ClientRequest,
      reply: OperationResult,
    },
  },
);
