import type { Operation, Value } from './history';
import { foundBy } from './models';

const LONGEST_VALUE = 60;

/** `client 3`; processes with a name of their own keep it: `client c2`. */
export function client({ process }: Operation): string {
  return `client ${process}`;
}

/** A value as it would be typed; of a long one the beginning and the end. */
export function quote(value: Value): string {
  const text = JSON.stringify(value);
  if (value === null) return 'nothing';
  if (text.length <= LONGEST_VALUE) return text;
  const part = LONGEST_VALUE / 2;
  return `${text.slice(0, part)}...${text.slice(-part)} (${String(value).length} characters)`;
}

/** ` key "x"`, or nothing for a history without keys, after a preposition. */
export function inKey(preposition: string, { key }: Operation): string {
  return key === null ? '' : ` ${preposition} key ${quote(key)}`;
}

/** What an operation asked for: `put of "1"`, `cas from "1" to "2"`, `get`. */
export function callOf(operation: Operation): string {
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
export function callBy(operation: Operation): string {
  return `${client(operation)}'s ${callOf(operation)}`;
}

/** What an operation found: `client c2 read "1" from key "x"`. */
export function findingBy(operation: Operation): string {
  const value = quote(foundBy(operation) ?? null);
  if (operation.f === 'get' || operation.f === 'read') {
    return `${client(operation)} read ${value}${inKey('from', operation)}`;
  }
  return `${client(operation)}'s ${operation.f} found ${value}${inKey('in', operation)}`;
}

/** What became of an operation: `read "1"`, `ok`, `failed`, `never returned`. */
export function outcomeOf(operation: Operation): string {
  if (operation.outcome === 'info') return 'never returned';
  if (operation.outcome === 'fail') return 'failed';
  const isFinding = operation.f === 'get' || operation.f === 'read' || operation.f === 'putHash';
  return isFinding ? `found ${quote(operation.result)}` : 'ok';
}

/** `line 7` or `lines 7-9`, from invocation to return. */
export function linesOf({ invokedAt, returnedAt }: Operation): string {
  return Number.isFinite(returnedAt) ? `lines ${invokedAt}-${returnedAt}` : `line ${invokedAt}`;
}
