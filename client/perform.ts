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

/** The message of the error with which one ends that rejected with the reason of its signal. */
export const abortedByReason = 'aborted, with the reason of its signal';

/** The program that uses a clerk, as a world directs it. */
export class Application {
  private readonly clerk: Clerk;
  private readonly runtime: Runtime;
  private readonly sharedSignals = new Map<string, AbortSignal>();

  constructor(runtime: Runtime, clerk: Clerk) {
    this.runtime = runtime;
    this.clerk = clerk;
  }

  /** Performs an operation that is named by a world. */
  async invoke(op: string, args: Json): Promise<OperationResult> {
    const named = { op, ...(args as object) };
    const operation = v.parse(Operation, named);
    const { timeoutMs, abortAfterMs, signal: shared } = v.parse(Limits, named);
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    if (abortAfterMs === undefined) return perform(this.clerk, operation, limit);
    const signal = this.sharedSignals.get(shared ?? '') ?? abortedAfter(this.runtime, abortAfterMs);
    if (shared !== undefined) this.sharedSignals.set(shared, signal);
    try {
      return await perform(this.clerk, operation, { ...limit, signal });
    } catch (error) {
      if (!signal.aborted || error instanceof RpcError) throw error;
      const message = error === signal.reason ? abortedByReason : messageOf(error);
      throw new RpcError('internal', message);
    }
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
