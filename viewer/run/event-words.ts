/** Events in words. */
import type { TraceEvent } from '../../runtime/trace';
import { inWords } from '../model/describe';
import { isMessageEvent, type MessageEvent } from '../model/messages';
import { fill, type Language, languages } from '../strings/catalogue';
import { type EventKey, eventStrings } from '../strings/events';
import { viewWords } from './drawing-words';

/** In UTF-16 code units; a transfer of a whole state is longer. */
const longestText = 300;

/** An event in one line, without its time and its node. */
export function describeEvent(language: Language, event: TraceEvent): string {
  return text(language, event).trimEnd().slice(0, longestText);
}

/** An event as a search looks at it: what one language finds, the others find too. */
export function describeInAll(event: TraceEvent): string {
  return Object.keys(languages)
    .map((language) => describeEvent(language as Language, event))
    .join('\n');
}

function say(language: Language, key: EventKey, values: Readonly<Record<string, string>> = {}) {
  return fill(eventStrings[language][key], values);
}

function text(language: Language, event: TraceEvent): string {
  if (isMessageEvent(event)) return message(language, event);
  switch (event.type) {
    case 'start':
    case 'stop':
    case 'crash':
    case 'pause':
    case 'resume':
    case 'tick':
      return say(language, event.type);
    case 'timer':
      return say(language, event.type, { timer: String(event.timer) });
    case 'cut':
    case 'mend':
      return say(language, event.type, { to: event.to });
    case 'view':
      return viewWords(language, event);
    case 'invoke':
      return say(language, event.type, { f: event.f, args: inWords(event.args) });
    case 'return':
      return say(language, event.type, { result: result(language, event.result) });
    case 'log':
      return `${event.event} ${printed(event) ?? inWords(event.fields)}`;
    case 'failure':
      return say(language, event.type, { where: event.where, error: event.error });
  }
}

/** The output of the node as it would stand in a terminal, but in one line. */
function printed({ event, fields }: TraceEvent & { type: 'log' }): string | undefined {
  const { text: output } = fields;
  const isPrinted = event === 'console' && typeof output === 'string';
  return isPrinted ? output.replaceAll(/\s*\n\s*/g, ' ') : undefined;
}

function message(language: Language, { type, kind, from, to, call, body }: MessageEvent): string {
  const name = call.slice(call.indexOf('.') + 1);
  const what =
    kind === 'request'
      ? `${name} ${inWords(body)}`
      : say(language, 'reply', { name, result: result(language, body) });
  return say(language, type, { from, to, what });
}

function result(language: Language, body: unknown): string {
  const { reply, error } = (body ?? {}) as { reply?: unknown; error?: { code?: unknown } };
  if (error !== undefined) return say(language, 'error', { code: String(error.code) });
  return inWords(reply === undefined ? body : reply);
}
