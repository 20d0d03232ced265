/** Has a clerk carry out an operation, and holds it to what it owes. */
import * as v from 'valibot';
import { Operation, OperationResult } from '../pbservice/api';
import { WrongResult } from '../runtime/errors';
import type { Json } from '../runtime/node';
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

/** The same for an operation that is named by a world. */
export function invoke(clerk: Clerk, op: string, args: Json): Promise<OperationResult> {
  return perform(clerk, v.parse(Operation, { op, ...(args as object) }));
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
