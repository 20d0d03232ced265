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

/**
 * The limits that a world may name beside an operation: then its signal is aborted, after 0 ms at once.
 * Operations of one clerk that name the same signal share it, and the first says when it is aborted.
 */
const Limits = v.object({
  timeoutMs: v.optional(v.number()),
  abortAfterMs: v.optional(v.number()),
  signal: v.optional(v.string()),
});

/** The shared signals of each clerk, by their names. */
const sharedSignals = new WeakMap<Clerk, Map<string, AbortSignal>>();

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
  const { timeoutMs, abortAfterMs, signal: shared } = v.parse(Limits, named);
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  if (abortAfterMs === undefined) return perform(clerk, operation, limit);
  const known = sharedSignals.get(clerk) ?? new Map<string, AbortSignal>();
  sharedSignals.set(clerk, known);
  const signal = known.get(shared ?? '') ?? abortedAfter(runtime, abortAfterMs);
  if (shared !== undefined) known.set(shared, signal);
  try {
    return await perform(clerk, operation, { ...limit, signal });
  } catch (error) {
    if (!signal.aborted || error instanceof RpcError) throw error;
    const message = error === signal.reason ? abortedByReason : messageOf(error);
    throw new RpcError('internal', message);
  }
}

function abortedAfter(runtime: Runtime, afterMs: number): AbortSignal {
  const controller = new AbortController();
  const reason = new Error('the application has aborted it');
  if (afterMs === 0) controller.abort(reason);
  else void runtime.sleep(afterMs).then(() => controller.abort(reason));
  return controller.signal;
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
