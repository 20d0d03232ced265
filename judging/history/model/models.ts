import { chainedHash } from '../../../pbservice/chained-hash';
import type { HistoryOperation, ModelName, Value } from './history';

/** The effect of an operation on a state. */
export type Effect =
  /** True: the result of the operation is the one that the state brings about. */
  | { readonly ok: true; readonly state: Value }
  /** The value that the operation needs to find or, for a failed cas, not to find, where the state differs. */
  | { readonly ok: false; readonly expected: Value };

/**
 * The sequential behaviour of one key. Keys are independent of each other, therefore a history is
 * linearizable if and only if its part for each key is (locality, Herlihy & Wing 1990).
 *
 * This is the reference: plain values, one rule for each function. The search runs on the same
 * rules compiled to integers, see machine.ts.
 */
export interface DataModel {
  readonly name: ModelName;
  readonly initial: Value;
  /** Never called for a failed operation, a failed cas apart: nothing else failed is in an order. */
  apply(state: Value, operation: HistoryOperation): Effect;
}

function apply(state: Value, operation: HistoryOperation): Effect {
  const then = (next: Value): Effect => ({ ok: true, state: next });
  const onlyIf = (holds: boolean, expected: Value, next: Value): Effect =>
    holds ? then(next) : { ok: false, expected };
  const isKnown = operation.outcome !== 'info';

  switch (operation.f) {
    case 'get':
    case 'read':
      return onlyIf(!isKnown || state === operation.result, operation.result, state);
    case 'put':
    case 'write':
      return then(operation.value);
    case 'append':
      return then(`${state ?? ''}${operation.value}`);
    case 'putHash': {
      const old = String(state ?? '');
      const next = chainedHash(old, operation.value);
      return onlyIf(!isKnown || old === operation.result, operation.result, next);
    }
    case 'cas': {
      const { from, to } = operation;
      if (operation.outcome === 'fail') return onlyIf(state !== from, from, state);
      return onlyIf(state === from, from, to);
    }
  }
}

/**
 * `kv`: get, put, append, putHash of strings. `register`: read, write, cas. A key that is not
 * there is null, and counts as the empty string for append and putHash.
 */
export const MODELS: Readonly<Record<ModelName, DataModel>> = {
  kv: { name: 'kv', initial: null, apply },
  register: { name: 'register', initial: null, apply },
};

/** Whether the operation leaves every state as it is. */
export function isRead(operation: HistoryOperation): boolean {
  return (
    operation.f === 'get' ||
    operation.f === 'read' ||
    (operation.f === 'cas' && operation.outcome === 'fail')
  );
}

/** Whether every order must hold the operation: it returned, and its return tells something. */
export function isRequired(operation: HistoryOperation): boolean {
  return operation.outcome === 'ok' || (operation.outcome === 'fail' && operation.f === 'cas');
}

/** Whether an order may hold the operation or leave it out, at will. */
export function isOptional(operation: HistoryOperation): boolean {
  return operation.outcome === 'info' && !isRead(operation);
}

/** The value that an operation which succeeded found there; undefined: it does not tell. */
export function foundBy(operation: HistoryOperation): Value | undefined {
  if (operation.outcome !== 'ok') return undefined;
  switch (operation.f) {
    case 'get':
    case 'read':
    case 'putHash':
      return operation.result;
    case 'cas':
      return operation.from;
    default:
      return undefined;
  }
}

/** Whether a putHash may leave the text: all that it leaves are whole numbers of 32 bits. */
export function mayBeHash(text: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(text) && Number(text) < 2 ** 32;
}

/** The value that an operation leaves whatever it finds; undefined: that depends, or is unknown. */
export function leftBy(operation: HistoryOperation): Value | undefined {
  if (operation.outcome === 'fail') return undefined;
  switch (operation.f) {
    case 'put':
    case 'write':
      return operation.value;
    case 'putHash':
      if (operation.outcome === 'info') return undefined;
      return chainedHash(String(operation.result), operation.value);
    case 'cas':
      return operation.to;
    default:
      return undefined;
  }
}
