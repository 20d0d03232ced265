/** Events in words. */
import { faultWords } from '../../runtime/fault-words';
import type { TraceEvent } from '../../runtime/trace';
import { isMessageEvent, type MessageEvent } from './messages';

/** In UTF-16 code units; a transfer of a whole state is longer. */
const longestText = 300;

/** An event in one line, without its time and its node. */
/** A view as a trace tells it. */
export interface DrawnView {
  readonly viewnum: number;
  readonly primary: string | null;
  readonly backup: string | null;
}

/** A view with its members. */
export function viewSentence({ viewnum, primary, backup }: DrawnView): string {
  return `view ${viewnum}: primary ${primary ?? 'none'}, backup ${backup ?? 'none'}`;
}

export function describeEvent(event: TraceEvent): string {
  return text(event).slice(0, longestText);
}

/** The output of the node as it would stand in a terminal, but in one line. */
function printed({ event, fields }: TraceEvent & { type: 'log' }): string | undefined {
  const { text } = fields;
  const isPrinted = event === 'console' && typeof text === 'string';
  return isPrinted ? text.replaceAll(/\s*\n\s*/g, ' ') : undefined;
}

function text(event: TraceEvent): string {
  if (isMessageEvent(event)) return message(event);
  switch (event.type) {
    case 'start':
      return 'starts';
    case 'stop':
      return 'stops';
    case 'crash':
    case 'pause':
    case 'resume':
      return `${faultWords[event.type].seen}: ${faultWords[event.type].meaning}`;
    case 'tick':
      return 'tick';
    case 'timer':
      return `timer ${event.timer}`;
    case 'cut':
      return `${faultWords.cut.seen}: nothing gets to ${event.to}`;
    case 'mend':
      return `${faultWords.mend.seen}: it reaches ${event.to} again`;
    case 'view':
      return viewSentence(event);
    case 'invoke':
      return `calls ${event.f} ${args(event.args)}`;
    case 'return':
      return `returns ${result(event.result)}`;
    case 'log':
      return `${event.event} ${printed(event) ?? fields(event.fields)}`.trimEnd();
    case 'failure':
      return `BUG in ${event.where}: ${event.error}`;
  }
}

function verb(type: MessageEvent['type']): string {
  if (type === 'send') return 'sends';
  return type === 'deliver' ? 'gets' : `${faultWords[type].seen.toUpperCase()}:`;
}

function message({ type, kind, from, to, call, body }: MessageEvent): string {
  const name = call.slice(call.indexOf('.') + 1);
  const partner = type === 'deliver' ? `from ${from}` : `to ${to}`;
  const what = kind === 'request' ? `${name} ${args(body)}` : `reply to ${name} ${result(body)}`;
  return `${verb(type)} ${partner}: ${what}`.trimEnd();
}

function result(body: unknown): string {
  const { reply, error } = (body ?? {}) as { reply?: unknown; error?: { code?: unknown } };
  if (error !== undefined) return `error ${String(error.code)}`;
  return reply === undefined ? args(body) : args(reply);
}

/** A value in words: `viewnum 3, primary "s1"`. */
export function inWords(value: unknown): string {
  return args(value);
}

function args(value: unknown): string {
  return isObject(value) ? fields(value) : brief(value);
}

/** `viewnum 3, primary "s1"`: JSON without what everybody can do without. */
function fields(values: { readonly [key: string]: unknown }): string {
  const { op, key, value, operation, ...others } = values;
  // The operation comes before the client.
  const asked = isObject(operation) ? [fields(operation)] : [];
  if (typeof op === 'string' && typeof key === 'string') {
    const words = [op, brief(key), ...(value === undefined ? [] : [brief(value)])];
    return [words.join(' '), ...named(others)].join(', ');
  }
  const rest = Object.entries(values).filter(
    ([name]) => asked.length === 0 || name !== 'operation',
  );
  return [...asked, ...named(Object.fromEntries(rest))].join(', ');
}

function named(values: { readonly [key: string]: unknown }): string[] {
  return Object.entries(values).map(([name, value]) => `${name} ${brief(value)}`);
}

function brief(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(brief).join('; ')}]`;
  if (isObject(value)) return `{${fields(value)}}`;
  return JSON.stringify(value) ?? '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
