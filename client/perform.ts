/** Has a clerk carry out an operation, and holds it to what it owes. */
import * as v from 'valibot';
import { Operation, OperationResult } from '../pbservice/api';
import { messageOf, RpcError, WrongResult } from '../runtime/errors';
import type { Json, Runtime } from '../runtime/node';
import type { Clerk, OperationOptions } from './clerk';

/**
 * The result of one operation. Rejects with what the clerk rejects with, or with a WrongResult when it
 * resolves with anything but a result.
 */
export async function perform(
  clerk: Clerk,
  operation: Operation,
  options?: OperationOptions,
): Promise<OperationResult> {
  const result: unknown = await clerk.perform(operation, options);
  if (isResult(result)) return { value: result.value };
  throw new WrongResult(
    `Clerk.perform in client/clerk.ts to resolve with { value: ... }, the value being ${due(operation)}`,
    `${operation.op} resolved with`,
    result,
  );
}

/** The limits that a world may name beside an operation: then its signal is aborted, after 0 ms at once. */
const Limits = v.object({
  timeoutMs: v.optional(v.number()),
  abortAfterMs: v.optional(v.number()),
});

/** The message of the error with which one ends that rejected with the reason of its signal. */
export const abortedByReason = 'aborted, with the reason of its signal';

/** The same for an operation that is named by a world. */
export async function invoke(
  clerk: Clerk,
  runtime: Runtime,
  op: string,
  args: Json,
): Promise<OperationResult> {
  const named = { op, ...(args as object) };
  const operation = v.parse(Operation, named);
  const { timeoutMs, abortAfterMs } = v.parse(Limits, named);
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  if (abortAfterMs === undefined) return perform(clerk, operation, limit);
  const controller = new AbortController();
  const reason = new Error('the application has aborted it');
  const { signal } = controller;
  if (abortAfterMs === 0) controller.abort(reason);
  else void runtime.sleep(abortAfterMs).then(() => controller.abort(reason));
  try {
    return await perform(clerk, operation, { ...limit, signal });
  } catch (error) {
    if (!signal.aborted || error instanceof RpcError) throw error;
    throw new RpcError('internal', error === reason ? abortedByReason : messageOf(error));
  }
}

/** A getter that throws, or a Proxy, is none. */
function isResult(result: unknown): result is OperationResult {
  try {
    return v.is(OperationResult, result);
  } catch {
    return false;
  }
}

function due({ op }: Operation): string {
  if (op === 'get') return 'a string, or null where there is none';
  return op === 'putHash' ? 'the old one, a string or null' : 'null';
}
