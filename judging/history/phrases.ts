import { visible } from '../../runtime/terminal/control-characters';
import type { HistoryOperation, Value } from './model/history';
import { foundBy } from './model/models';

const LONGEST_VALUE = 60;

/** `client 3`; processes with a name of their own keep it: `client c2`. Others are quoted. */
export function client({ process }: HistoryOperation): string {
  const isPlain = typeof process === 'number' || /^[A-Za-z_][\w.:-]{0,60}$/.test(process);
  return `client ${isPlain ? process : quote(process)}`;
}

/** A value as it would be typed; of a long one the beginning and the end. */
export function quote(value: Value): string {
  const text = JSON.stringify(value);
  if (value === null) return 'nothing';
  if (text.length <= LONGEST_VALUE) return visible(text);
  const part = LONGEST_VALUE / 2;
  const [first, last] = [text.slice(0, part), text.slice(-part)].map(visible);
  return `${first}...${last} (${String(value).length} characters)`;
}

/** ` key "x"`, or nothing for a history without keys, after a preposition. */
export function inKey(preposition: string, { key }: HistoryOperation): string {
  return key === null ? '' : ` ${preposition} key ${quote(key)}`;
}

/** The request of an operation: `put of "1"`, `cas from "1" to "2"`, `get`. */
export function callOf(operation: HistoryOperation): string {
  switch (operation.f) {
    case 'get':
    case 'read':
      return operation.f;
    case 'cas':
      return `cas from ${quote(operation.from)} to ${quote(operation.to)}`;
    default:
      return `${operation.f} of ${quote(operation.value)}`;
  }
}

/** `client c1's put of "1"`. */
export function callBy(operation: HistoryOperation): string {
  return `${client(operation)}'s ${callOf(operation)}`;
}

/** The finding of an operation: `client c2 read "1" from key "x"`. */
export function findingBy(operation: HistoryOperation): string {
  const value = quote(foundBy(operation) ?? null);
  if (operation.f === 'get' || operation.f === 'read') {
    return `${client(operation)} read ${value}${inKey('from', operation)}`;
  }
  return `${client(operation)}'s ${operation.f} found ${value}${inKey('in', operation)}`;
}

/** The outcome of an operation: `read "1"`, `ok`, `failed`, `never returned`. */
export function outcomeOf(operation: HistoryOperation): string {
  if (operation.outcome === 'info') return 'never returned';
  if (operation.outcome === 'fail') return 'failed';
  const isFinding = operation.f === 'get' || operation.f === 'read' || operation.f === 'putHash';
  return isFinding ? `found ${quote(operation.result)}` : 'ok';
}

/** The same as far as it was known at a line: `had not returned by line 12`. */
export function outcomeAt(operation: HistoryOperation, line: number): string {
  const { invokedAt, returnedAt } = operation;
  const isUnderWay = invokedAt <= line && line < returnedAt && Number.isFinite(returnedAt);
  return isUnderWay ? `had not returned by line ${line}` : outcomeOf(operation);
}

/** `line 7` or `lines 7-9`, from invocation to return. */
export function linesOf({ invokedAt, returnedAt }: HistoryOperation): string {
  return Number.isFinite(returnedAt) ? `lines ${invokedAt}-${returnedAt}` : `line ${invokedAt}`;
}
