/** One operation, then the end: for scripts, and for people who want to see just one thing. */
import type { Operation } from '../pbservice/api';
import { RpcError } from '../runtime/errors';
import { visible, visibleLines } from '../runtime/terminal/control-characters';
import { carryOut, errorInWords } from './carry-out';
import type { ClientConnection } from './connection';
import { resultAsJson } from './operations';

export interface OneShotSettings {
  readonly json: boolean;
  readonly timeoutMs: number | undefined;
}

/** Returns the exit code: 0 done, 1 failed, cancelled or (without --json) no such key. */
export async function oneShot(
  connection: ClientConnection,
  operation: Operation,
  { json, timeoutMs }: OneShotSettings,
): Promise<number> {
  const cancel = new AbortController();
  process.once('SIGINT', () => cancel.abort());
  process.once('SIGTERM', () => cancel.abort());
  const ending = await carryOut(connection.clerk, operation, {
    timeoutMs,
    signal: cancel.signal,
    whatIsMissing: connection.whatIsMissing,
    notice: (text) => complain(text),
  });
  if (ending.type === 'done') {
    if (json) return print(resultAsJson(operation, ending.result));
    const { value } = ending.result;
    if (operation.op === 'get' && value === null) {
      complain(`${operation.key} has no value`);
      return 1;
    }
    // A program gets what was stored, byte for byte; a terminal is not to be steered by it.
    return print(process.stdout.isTTY ? visibleLines(value ?? 'ok') : (value ?? 'ok'));
  }
  const { code, message } =
    ending.type === 'cancelled'
      ? { code: 'cancelled', message: 'cancelled; the operation may have taken effect' }
      : described(ending.error);
  if (json) print(visible(JSON.stringify({ key: operation.key, error: { code, message } })));
  else complain(message);
  return 1;
}

function described(error: unknown): { code: string; message: string } {
  const code = error instanceof RpcError ? error.code : 'internal';
  return { code, message: errorInWords(error) };
}

function print(line: string): 0 {
  process.stdout.write(`${line}\n`);
  return 0;
}

function complain(text: string): void {
  process.stderr.write(`client: ${visibleLines(text)}\n`);
}
