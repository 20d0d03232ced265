/** Operations as people type them, and their results as people read them. */
import type { Operation, OperationResult } from '../pbservice/api';
import { visible } from '../runtime/terminal/control-characters';
import { UsageError } from '../runtime/terminal/exit';

interface Form {
  readonly op: Operation['op'];
  readonly takes: readonly string[];
  readonly meaning: string;
}

/** By the name of the command. */
export const operationForms: Readonly<Record<string, Form>> = {
  put: { op: 'put', takes: ['KEY', 'VALUE'], meaning: 'set a key to a value' },
  get: { op: 'get', takes: ['KEY'], meaning: 'read a key' },
  append: { op: 'append', takes: ['KEY', 'VALUE'], meaning: 'add to the end of what the key has' },
  puthash: {
    op: 'putHash',
    takes: ['KEY', 'VALUE'],
    meaning: 'set a key to the hash of its old value followed by VALUE; prints the old value',
  },
};

export function isOperation(command: string): boolean {
  return Object.hasOwn(operationForms, command);
}

export function operationUsage(command: string): string {
  return [command, ...(operationForms[command]?.takes ?? [])].join(' ');
}

/** Throws a UsageError that says what was expected. */
export function parseOperation(words: readonly string[]): Operation {
  const [command = '', key = '', value = ''] = words;
  const form = isOperation(command) ? operationForms[command] : undefined;
  if (form === undefined) {
    const known = Object.keys(operationForms).join(', ');
    throw new UsageError(`expected one of ${known}, got ${JSON.stringify(command)}`);
  }
  const got = words.length - 1;
  if (got !== form.takes.length) {
    const advice = got > form.takes.length ? '. Quote what has spaces: "two words"' : '';
    const count = got === 1 ? '1 word' : `${got} words`;
    throw new UsageError(`expected ${operationUsage(command)}, got ${count} after it${advice}`);
  }
  return form.op === 'get' ? { op: 'get', key } : { op: form.op, key, value };
}

/** The result as a person at a prompt reads it: quoted, so that an empty value shows. */
export function resultInWords(operation: Operation, { value }: OperationResult): string {
  if (operation.op === 'get') {
    return value === null ? `${visible(operation.key)} has no value` : quoted(value);
  }
  return operation.op === 'putHash' ? `ok, the old value was ${quoted(value)}` : 'ok';
}

const quoted = (value: unknown) => visible(JSON.stringify(value));

/** The result as a program reads it. */
export function resultAsJson(operation: Operation, { value }: OperationResult): string {
  const { key } = operation;
  if (operation.op === 'get') return quoted({ key, value });
  return quoted(operation.op === 'putHash' ? { key, oldValue: value } : { key, ok: true });
}
