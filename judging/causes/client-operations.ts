/** The acts of each client for each of its operations, read from the trace of a run. */

import { abridged } from '../../runtime/abridgement';
import { errorTable } from '../../runtime/errors';
import type { Address } from '../../runtime/node';
import type { TraceEvent } from '../../runtime/trace';
import type { CitedOperation } from '../failure';
import { quote } from '../history/phrases';

/** One request that a clerk sent, whatever became of it. */
export interface Try {
  readonly id: number;
  readonly to: Address;
  readonly sentAt: number;
  /** Which client and which number it bears. */
  readonly by: string;
  readonly seq: number;
  readonly call: string;
  /** The operation as text: equal for equal operations. */
  readonly content: string;
  /** When a reply came, and its value; an error is none. */
  reply?: { readonly at: number; readonly value: unknown };
  /** True: the operation was refused, so that it certainly did not happen. */
  refused?: true;
}

export interface ClientOperation {
  readonly client: Address;
  /** For people: `append("a", "x")`. */
  readonly call: string;
  readonly isGet: boolean;
  readonly content: string;
  readonly invokedAt: number;
  /** The requests of this client with this operation, from its call to its return. */
  readonly tries: Try[];
  /** Replies that came to this client meanwhile, to whatever requests. */
  readonly heard: Try[];
  /** Undefined: it has not returned. */
  returned?: { readonly at: number; readonly value: unknown; readonly isReply: boolean };
}

const operate = 'PbService.operate';

export const ms = (t: number) => `${Math.round(t * 10) / 10} ms`;

/** In the order of their calls. */
export function clientOperations(trace: readonly TraceEvent[]): readonly ClientOperation[] {
  const all: ClientOperation[] = [];
  const open = new Map<string, ClientOperation>();
  const tries = new Map<string, Try>();
  const openOf = (client: Address) => [...open.values()].filter((one) => one.client === client);
  for (const event of trace) {
    const { node } = event;
    if (event.type === 'invoke') {
      const operation = { op: event.f, ...(event.args as object) } as Readonly<
        Record<string, unknown>
      >;
      const begun: ClientOperation = {
        ...{ client: node, call: callIn(operation), content: contentOf(operation) },
        ...{ isGet: event.f === 'get', invokedAt: event.t, tries: [], heard: [] },
      };
      all.push(begun);
      open.set(`${node} ${event.operation}`, begun);
    } else if (event.type === 'return') {
      const ended = open.get(`${node} ${event.operation}`);
      open.delete(`${node} ${event.operation}`);
      const isReply = 'reply' in event.result;
      const value = isReply ? valueIn(event.result.reply) : undefined;
      if (ended !== undefined) ended.returned = { at: event.t, value, isReply };
    } else if ('call' in event && (event.call === operate || isSecondAnswer(event))) {
      if (event.kind === 'request' && event.type === 'send') {
        const sent = tryOf(event);
        tries.set(`${node} ${event.id}`, sent);
        for (const one of openOf(node)) if (one.content === sent.content) one.tries.push(sent);
      } else if (event.kind === 'response' && event.type === 'deliver') {
        const answered = tries.get(`${node} ${event.id}`);
        if (answered === undefined) continue;
        hear(answered, event);
        if (answered.reply !== undefined) for (const one of openOf(node)) one.heard.push(answered);
      }
    }
  }
  return all;
}

type Message = Extract<TraceEvent, { readonly call: string }>;

/** The answer to the second copy of a request: it does not say what was asked. */
export function isSecondAnswer({ kind, call }: Message): boolean {
  return kind === 'response' && call === '';
}

function tryOf({ id, to, t, body }: Message): Try {
  const { client, seq, operation } = (body ?? {}) as Record<string, unknown>;
  const call = callIn((operation ?? {}) as Readonly<Record<string, unknown>>);
  const content = contentOf(operation);
  return { id, to, sentAt: t, by: String(client), seq: Number(seq), call, content };
}

function hear(answered: Try, { t, body }: Message): void {
  const result = (body ?? {}) as { reply?: unknown; error?: { code?: unknown } };
  if ('reply' in result) answered.reply ??= { at: t, value: valueIn(result.reply) };
  else if (isDefinite(result.error?.code)) answered.refused = true;
}

function isDefinite(code: unknown): boolean {
  const errors: Readonly<Record<string, { readonly definite: boolean } | undefined>> = errorTable;
  return errors[String(code)]?.definite === true;
}

/** `append("a", "x")`. */
export function callIn({ op, key, value }: { readonly [field: string]: unknown }): string {
  const given = [key, value].filter((one) => typeof one === 'string');
  return `${String(op)}(${given.map((one) => quote(one as string)).join(', ')})`;
}

/** Equal for equal operations. */
export function contentOf(operation: unknown): string {
  // As in a trace, which does not keep long texts.
  const { op, key, value } = (abridged(operation) ?? {}) as Record<string, unknown>;
  return JSON.stringify([op, key, value ?? null]);
}

function valueIn(reply: unknown): unknown {
  return abridged((reply as { value?: unknown } | null)?.value ?? null);
}

/** A clerk may carry out several at a time, named after it; a test asks servers itself, under the name of the client. */
export function isBy(cited: CitedOperation, from: Address, client: string, t: number): boolean {
  const { process, calledAtMs } = cited;
  const isItsClerk = process === from || process.startsWith(`${from}.`);
  return (isItsClerk || process === client) && t >= calledAtMs;
}
