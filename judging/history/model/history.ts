/**
 * Client histories: what the clients of a store invoked and what came back, in real-time order.
 *
 * On paper a history is NDJSON, one event a line:
 *
 *     {"process":3,"type":"invoke","f":"put","key":"x","value":"1"}
 *     {"process":3,"type":"ok","f":"put","key":"x","value":"1"}
 *
 * `ok` had its effect, `fail` had none (a failed cas also tells that the value was not `from`),
 * `info` may have its effect at any later time or never, as may an operation without a return.
 */

import { visible } from '../../../runtime/terminal/control-characters';
import { LossyNumber } from './strict-json';

export type ProcessId = number | string;

/** The value of a key; null: none. The kv model has strings only. */
export type Value = string | number | null;

export type ModelName = 'kv' | 'register';

export type FunctionName = 'get' | 'put' | 'append' | 'putHash' | 'read' | 'write' | 'cas';

const EVENT_TYPES = ['invoke', 'ok', 'fail', 'info'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** The functions of each model; a history holds those of one model only. */
export const FUNCTIONS: Readonly<Record<ModelName, readonly FunctionName[]>> = {
  kv: ['get', 'put', 'append', 'putHash'],
  register: ['read', 'write', 'cas'],
};

export interface HistoryEvent {
  readonly process: ProcessId;
  readonly type: EventType;
  readonly f: FunctionName;
  /** Always there in the kv model; a register history without keys is about one register. */
  readonly key?: string | null | undefined;
  /** invoke: what to write, `[from, to]` of a cas, null of a read. ok: what came back. */
  readonly value?: Value | readonly [Value, Value] | undefined;
  /** Milliseconds, for whoever draws the history; the order of the lines alone decides. */
  readonly time?: number;
}

/** The call that was made to the store. */
export type Call =
  | { readonly f: 'get' | 'read' }
  | { readonly f: 'put' | 'append' | 'putHash'; readonly value: string }
  | { readonly f: 'write'; readonly value: Value }
  | { readonly f: 'cas'; readonly from: Value; readonly to: Value };

/** A call and its return, paired. */
export type HistoryOperation = Call & {
  /** Position among the operations of the history, by invocation, from 0. */
  readonly index: number;
  readonly process: ProcessId;
  /** null: a register history without keys. */
  readonly key: string | null;
  readonly outcome: 'ok' | 'fail' | 'info';
  /** The result of an `ok` read or putHash; null otherwise. */
  readonly result: Value;
  /** Line of the invocation, from 1: lines are the history's clock. */
  readonly invokedAt: number;
  /** Line of the `ok` or `fail`; Infinity if it never returned (`info` is no return). */
  readonly returnedAt: number;
};

export interface HistoryLimits {
  /** Bytes in all. What clients wrote and read is kept in memory. */
  readonly maxSizeBytes: number;
  /** Bytes in one line. A read of a long value makes a long line. */
  readonly maxLineBytes: number;
  readonly maxOperations: number;
}

export const DEFAULT_LIMITS: HistoryLimits = {
  maxSizeBytes: 512 * 1024 * 1024,
  maxLineBytes: 8 * 1024 * 1024,
  maxOperations: 1_000_000,
};

/** A history that cannot be read, and where. */
export class HistoryError extends Error {
  readonly code = 'BAD_HISTORY';
  /** From 1. */
  readonly line: number;
  readonly expected: string;
  readonly got: string;

  constructor(line: number, expected: string, got: string) {
    super(`line ${line}: expected ${expected}, got ${got}`);
    this.name = 'HistoryError';
    this.line = line;
    this.expected = expected;
    this.got = got;
  }
}

/**
 * Pairs the calls and returns of a history that is in memory; event i counts as line i + 1.
 *
 * @throws {HistoryError} at the first event that is not of the model, or not in its place.
 */
export function operationsOf(events: Iterable<HistoryEvent>, model: ModelName): HistoryOperation[] {
  const pairing = new Pairing(model, DEFAULT_LIMITS);
  for (const event of events) pairing.add(event);
  return pairing.operations;
}

/** Writes a history as NDJSON. */
export function formatHistory(events: Iterable<HistoryEvent>): string {
  let text = '';
  for (const event of events) text += `${JSON.stringify(event)}\n`;
  return text;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes one event after the other and completes the operation that each return belongs to. */
export class Pairing {
  readonly operations: HistoryOperation[] = [];

  private readonly open = new Map<ProcessId, Mutable<HistoryOperation>>();
  private readonly model: ModelName;
  private readonly limits: HistoryLimits;
  private line = 0;

  constructor(model: ModelName, limits: HistoryLimits) {
    this.model = model;
    this.limits = limits;
  }

  /** @throws {HistoryError} if it is not an event of the model, or not in its place */
  add(unchecked: unknown): void {
    const line = ++this.line;
    const { operations, open, limits } = this;
    const event = checkEvent(unchecked, line, this.model);
    const pending = open.get(event.process);
    if (event.type === 'invoke') {
      if (pending !== undefined) throw stillOpen(pending, line);
      if (operations.length === limits.maxOperations) {
        throw new HistoryError(line, `at most ${limits.maxOperations} operations`, 'one more');
      }
      const operation = invocation(event, operations.length, line);
      operations.push(operation);
      open.set(event.process, operation);
    } else {
      if (pending === undefined) throw notInvoked(event, line);
      complete(pending, event, line);
      open.delete(event.process);
    }
  }
}

function invocation(event: HistoryEvent, index: number, line: number): Mutable<HistoryOperation> {
  // Not by spreading the call: that makes objects which are slow to make and slow to read.
  return Object.assign(call(event, line), {
    index,
    process: event.process,
    key: event.key ?? null,
    outcome: 'info' as const,
    result: null,
    invokedAt: line,
    returnedAt: Number.POSITIVE_INFINITY,
  });
}

function complete(operation: Mutable<HistoryOperation>, event: HistoryEvent, line: number): void {
  const { f, key } = operation;
  if (event.f !== f || (event.key ?? null) !== key) {
    throw new HistoryError(
      line,
      `the return of process ${show(event.process)}'s ${nameOf(f, key)} of line ${operation.invokedAt}`,
      nameOf(event.f, event.key ?? null),
    );
  }
  if (event.type === 'info') return;
  operation.outcome = event.type === 'ok' ? 'ok' : 'fail';
  operation.returnedAt = line;
  if (event.type === 'ok') operation.result = resultOf(event, line);
}

function call(event: HistoryEvent, line: number): Call {
  const { f, value } = event;
  switch (f) {
    case 'get':
    case 'read':
      if (value !== undefined && value !== null) throw badValue(event, line, 'null');
      return { f };
    case 'put':
    case 'append':
    case 'putHash':
      if (typeof value !== 'string') throw badValue(event, line, 'a string');
      return { f, value };
    case 'write':
      if (!isRegisterValue(value)) throw badValue(event, line, 'a string, a number or null');
      return { f, value };
    case 'cas':
      if (!Array.isArray(value) || value.length !== 2 || !value.every(isRegisterValue)) {
        throw badValue(event, line, '[from, to], each a string, a number or null');
      }
      return { f, from: value[0], to: value[1] };
  }
}

function resultOf(event: HistoryEvent, line: number): Value {
  const { f, value } = event;
  switch (f) {
    case 'get':
      if (typeof value !== 'string' && value !== null) {
        throw badValue(event, line, 'what was read, a string or null');
      }
      return value;
    case 'putHash':
      if (typeof value !== 'string') throw badValue(event, line, 'the old value, a string');
      return value;
    case 'read':
      if (!isRegisterValue(value)) {
        throw badValue(event, line, 'what was read, a string, a number or null');
      }
      return value;
    default:
      return null;
  }
}

function checkEvent(event: unknown, line: number, model: ModelName): HistoryEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new HistoryError(line, 'an event, a JSON object', show(event));
  }
  const { process, type, f, key } = event as Record<string, unknown>;
  const bad = (expected: string, got: unknown) => new HistoryError(line, expected, show(got));
  if (typeof process !== 'string' && !Number.isFinite(process)) {
    throw bad('"process" to be a number or a string', process);
  }
  if (!isOneOf(EVENT_TYPES, type)) throw bad(`"type" to be ${list(EVENT_TYPES)}`, type);
  if (!isOneOf(FUNCTIONS[model], f)) {
    throw bad(`"f" of model ${model} to be ${list(FUNCTIONS[model])}`, f);
  }
  const isKeyless = model === 'register' && (key === undefined || key === null);
  if (typeof key !== 'string' && !isKeyless) throw bad('"key" to be a string', key);
  return event as HistoryEvent;
}

function isOneOf(names: readonly string[], name: unknown): boolean {
  return typeof name === 'string' && names.includes(name);
}

function isRegisterValue(value: unknown): value is Value {
  return typeof value === 'string' || Number.isFinite(value) || value === null;
}

function stillOpen(pending: HistoryOperation, line: number): HistoryError {
  const who = `process ${show(pending.process)}`;
  return new HistoryError(
    line,
    `the return of ${who}'s ${nameOf(pending.f, pending.key)} of line ${pending.invokedAt}`,
    `another invocation by ${who}`,
  );
}

function notInvoked(event: HistoryEvent, line: number): HistoryError {
  return new HistoryError(
    line,
    `process ${show(event.process)} to invoke an operation before one returns`,
    `"${event.type}" of ${nameOf(event.f, event.key ?? null)}`,
  );
}

function badValue(event: HistoryEvent, line: number, expected: string): HistoryError {
  return new HistoryError(
    line,
    `"value" of ${event.type} ${event.f} to be ${expected}`,
    show(event.value),
  );
}

function nameOf(f: FunctionName, key: string | null): string {
  return key === null ? f : `${f} of key ${visibleExcerpt(JSON.stringify(key))}`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' or ');
}

/** A value of an event as it stands there, shortened. */
function show(value: unknown): string {
  return value === undefined ? 'nothing' : visibleExcerpt(written(value));
}

function written(value: unknown): string {
  if (value instanceof LossyNumber) {
    return `${value.text}, which a 64-bit float does not hold as it is written`;
  }
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  return JSON.stringify(value);
}

/** The beginning of a text from outside, made harmless for a terminal. */
export function visibleExcerpt(text: string): string {
  const limit = 120;
  if (text.length <= limit) return visible(text);
  return `${visible(text.slice(0, limit))}... (${text.length} characters)`;
}
