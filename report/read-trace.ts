/** Reads a trace that some program wrote: of each line as much is checked as drawing it needs. */
import type { TraceEvent } from '../runtime/trace';
import { isTraceHeader } from './trace-header';

/** Of a trace as a text, in UTF-16 code units. */
export const maxTraceLength = 256 * 2 ** 20;

/** A text that is no trace, and where. */
export class TraceError extends Error {
  constructor(line: number, expected: string, got: string) {
    super(`line ${line}: expected ${expected}, got ${got.slice(0, 60)}`);
    this.name = 'TraceError';
  }
}

/** Which field of an event of this type is what, besides `t`, `node` and `type`. */
const message = { kind: 'string', id: 'number', from: 'string', to: 'string', call: 'string' };
const fieldsOf: Readonly<Record<TraceEvent['type'], Readonly<Record<string, string>>>> = {
  ...{ start: {}, stop: {}, crash: {}, pause: {}, resume: {}, tick: {}, timer: {} },
  ...{
    send: message,
    deliver: message,
    drop: message,
    duplicate: message,
    block: message,
    hold: message,
  },
  ...{ cut: { to: 'string' }, mend: { to: 'string' }, view: { viewnum: 'number' } },
  ...{ invoke: { f: 'string' }, return: { operation: 'number' } },
  ...{ log: { event: 'string', fields: 'object' }, failure: { where: 'string', error: 'string' } },
};

/**
 * The events of a trace in NDJSON, by time, without its header. A last line without its end is left out: the program
 * may have been killed while it wrote.
 *
 * @throws {TraceError} at the first line that is no event
 */
export function readTrace(text: string): TraceEvent[] {
  const lines = text.split('\n');
  lines.pop();
  const first = isTraceHeader(lines[0] ?? '') ? 1 : 0;
  const events = lines.slice(first).map((line, i) => checked(line, first + i + 1));
  return events.sort((a, b) => a.t - b.t);
}

function checked(line: string, number: number): TraceEvent {
  const event = parsed(line, number);
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new TraceError(number, 'an event, a JSON object', line);
  }
  const fields = event as Record<string, unknown>;
  const { type } = fields;
  if (typeof type !== 'string' || !Object.hasOwn(fieldsOf, type)) {
    throw new TraceError(number, `"type" to be that of an event`, JSON.stringify(type) ?? 'none');
  }
  const needed = { t: 'number', node: 'string', ...fieldsOf[type as TraceEvent['type']] };
  for (const [name, kind] of Object.entries(needed)) {
    const value = fields[name];
    if (typeof value === kind && value !== null) continue;
    throw new TraceError(number, `"${name}" to be a ${kind}`, JSON.stringify(value) ?? 'nothing');
  }
  return event as TraceEvent;
}

function parsed(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new TraceError(number, 'an event in JSON', line === '' ? 'a blank line' : line);
  }
}
