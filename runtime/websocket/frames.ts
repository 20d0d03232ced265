/**
 * Frames of a WebSocket: texts with JSON. A frame is one message or an array of them;
 * messages that leave in the same turn of the event loop share a frame.
 *
 *     {"id":7,"call":"ViewService.ping","args":{"server":"127.0.0.1:8001","viewnum":0}}
 *     {"id":7,"reply":{"viewnum":1,"primary":"127.0.0.1:8001","backup":null}}
 *     {"id":7,"error":{"code":"wrong-view","message":"..."}}
 */
import { isErrorCode, RpcError } from '../errors';
import type { CallResult } from '../node-io';
import { defaultLimits } from './limits';

export interface RequestMessage {
  readonly id: number;
  readonly service: string;
  readonly method: string;
  readonly args: unknown;
}

export interface ResponseMessage {
  /** The id of the request; null when the frame was so malformed that there was none to read. */
  readonly id: number | null;
  readonly result: CallResult;
}

export type WireMessage = RequestMessage | ResponseMessage;

export function encodeRequest(request: RequestMessage): string {
  const { id, service, method } = request;
  return `{"id":${id},"call":"${service}.${method}","args":${JSON.stringify(request.args)}}`;
}

export function encodeResponse({ id, result }: ResponseMessage): string {
  return 'reply' in result
    ? `{"id":${id},"reply":${JSON.stringify(result.reply)}}`
    : `{"id":${id},"error":${JSON.stringify(result.error)}}`;
}

/** Puts encoded messages into one frame. */
export function encodeFrame(messages: readonly string[]): string {
  return messages.length === 1 ? (messages[0] as string) : `[${messages.join(',')}]`;
}

/** The messages of a frame. Throws RpcError `malformed` when it is none. */
export function decodeFrame(
  text: string,
  maxMessages: number = defaultLimits.maxMessagesPerFrame,
): WireMessage[] {
  const frame = parseJson(text);
  if (!Array.isArray(frame)) return [decodeMessage(frame)];
  if (frame.length > maxMessages) {
    throw malformed(`a frame with at most ${maxMessages} messages`, frame.length);
  }
  return frame.map(decodeMessage);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('a frame of JSON', text);
  }
}

function decodeMessage(value: unknown): WireMessage {
  if (typeof value !== 'object' || value === null) throw malformed('a message object', value);
  const { id, call, args, reply, error } = value as Record<string, unknown>;
  if (id === null && error !== undefined) return { id, result: { error: decodeError(error) } };
  if (!Number.isSafeInteger(id)) throw malformed('an integer "id"', id);
  if (typeof call === 'string') return { id: id as number, ...decodeCall(call), args };
  if (error !== undefined) return { id: id as number, result: { error: decodeError(error) } };
  if (reply !== undefined) return { id: id as number, result: { reply } };
  throw malformed('a message with "call", "reply" or "error"', value);
}

function decodeCall(call: string): { service: string; method: string } {
  const dot = call.indexOf('.');
  if (dot <= 0) throw malformed('a "call" of the form Service.method', call);
  return { service: call.slice(0, dot), method: call.slice(dot + 1) };
}

function decodeError(error: unknown) {
  const { code, message } = (error ?? {}) as Record<string, unknown>;
  if (!isErrorCode(code) || typeof message !== 'string') {
    throw malformed('an "error" with a known code and a message', error);
  }
  return { code, message };
}

function malformed(expected: string, got: unknown): RpcError {
  const shown = typeof got === 'string' ? got : JSON.stringify(got);
  return new RpcError('malformed', `expected ${expected}, got ${String(shown).slice(0, 80)}`);
}
