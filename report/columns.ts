/**
 * The column trace: one line for each event that matters, one column for each node, so that one can
 * read down what a node saw and across who talked to whom.
 */

import { withShortNames } from '../judging/short-names';
import { faultWords } from '../runtime/fault-words';
import type { TraceEvent } from '../runtime/trace';
import { plainLine, plainText } from './plain-text';
import { withoutRepeats } from './repetition';

/** The longest column trace shown in a terminal; what comes last matters most. */
export const shownEvents = 28;
/** Room for all columns together; what is in a column may reach into the next ones. */
const pageWidth = 110;
const widestColumn = 26;
const printed = 'console: ';
const timeWidth = 9;

interface Cell {
  readonly t: number;
  readonly node: string;
  readonly text: string;
  /** The same happened so many times in a row, the last time at `until`. */
  readonly times: number;
  readonly until: number;
}

export interface ColumnOptions {
  /** How many lines at the most; the last ones are shown. */
  readonly most?: number;
  /** The moment of the failure, in milliseconds: later events are left out. */
  readonly untilMs?: number | undefined;
  /** Somebody waits in vain: what goes on to the end is shown once, and is one line. */
  readonly isStuck?: boolean;
}

export function columnTrace(trace: readonly TraceEvent[], options: ColumnOptions = {}): string[] {
  const { most = shownEvents, untilMs = Number.POSITIVE_INFINITY, isStuck = false } = options;
  const all = cellsOf(withShortNames(trace).filter(({ t }) => t <= untilMs));
  const { shown: cells, rest } = isStuck ? withoutRepeats(all) : { shown: all, rest: undefined };
  const shown = cells.slice(-most);
  const nodes = [...new Set(shown.map(({ node }) => node))].sort(byRole);
  const width = Math.min(widestColumn, Math.floor(pageWidth / Math.max(nodes.length, 1)));
  const header = `${'ms'.padStart(timeWidth)}  ${nodes.map((node) => node.padEnd(width)).join('')}`;
  const left = cells.length - shown.length;
  return [
    ...(left > 0 ? [`  (${left} earlier events are in the trace file)`] : []),
    header.trimEnd(),
    ...shown.flatMap((cell) => lines(cell, ' '.repeat(nodes.indexOf(cell.node) * width))),
    ...(rest === undefined ? [] : [`  (${rest})`]),
  ];
}

function cellsOf(trace: readonly TraceEvent[]): Cell[] {
  const cells: Cell[] = [];
  const servers = new Set(
    trace.flatMap((event) =>
      'call' in event && event.call === 'ViewService.ping' ? [event.node] : [],
    ),
  );
  const isServer = (node: string) => servers.has(node);
  for (const event of trace) {
    const text = describe(event, isServer);
    if (text === undefined) continue;
    const { t, node } = event;
    const last = cells.at(-1);
    if (last !== undefined && event.type === 'cut' && last.t === t && last.text.startsWith('CUT')) {
      // A partition cuts many links at once: one line for all of them.
      cells[cells.length - 1] = { ...last, text: joinCuts(last.text, event.node, event.to) };
    } else if (last !== undefined && last.node === node && last.text === text) {
      cells[cells.length - 1] = { ...last, times: last.times + 1, until: t };
    } else {
      cells.push({ t, node, text, times: 1, until: t });
    }
  }
  return cells;
}

/** `CUT a>b` and b>a make `CUT a-b`. */
function joinCuts(text: string, from: string, to: string): string {
  const back = `${to}>${from}`;
  return text.includes(back) ? text.replace(back, `${to}-${from}`) : `${text} ${from}>${to}`;
}

/** Clients first, then servers, then the view service: the way of an operation. */
function byRole(a: string, b: string): number {
  const rank = (name: string) => 'tdcsv'.indexOf(name[0] ?? '');
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}

/** One line, but for what the node itself has printed in several. */
function lines({ t, text, times, until }: Cell, indent: string): string[] {
  const last = until.toFixed(1);
  const again = times > 1 ? `  (${times} times, the last at ${last})` : '';
  const [first, ...others] = text.startsWith(printed)
    ? plainText(text).split('\n')
    : [plainLine(text)];
  const below = ' '.repeat(timeWidth + 2 + indent.length + printed.length);
  return [
    `${t.toFixed(1).padStart(timeWidth)}  ${indent}${first}${again}`,
    ...others.map((line) => `${below}${line}`),
  ];
}

/** An event in a few words; undefined when it is not worth a line. */
function describe(event: TraceEvent, isServer: (node: string) => boolean): string | undefined {
  switch (event.type) {
    case 'tick':
    case 'timer':
    case 'send':
      return undefined;
    case 'start':
    case 'stop':
      return event.type;
    case 'crash':
    case 'pause':
    case 'resume':
      return faultWords[event.type].seen;
    case 'cut':
    case 'mend':
      return `${faultWords[event.type].seen} ${event.node}>${event.to}`;
    case 'view':
      return `view ${event.viewnum}: ${event.primary ?? '-'}, ${event.backup ?? '-'}`;
    case 'invoke':
      return `${event.f}${brief(event.args)}`;
    case 'return':
      return `= ${brief('reply' in event.result ? event.result.reply : event.result.error.code)}`;
    case 'log':
      return event.event === 'console' ? `${printed}${event.fields.text}` : undefined;
    case 'failure':
      return `bug: ${event.error}`;
    case 'deliver':
    case 'drop':
    case 'block':
    case 'hold':
    case 'duplicate':
      return describeMessage(event, isServer);
  }
}

type MessageEvent = Extract<TraceEvent, { readonly call: string }>;

function describeMessage(
  event: MessageEvent,
  isServer: (node: string) => boolean,
): string | undefined {
  const { type, kind, from, to, call, body } = event;
  const method = call.slice(call.indexOf('.') + 1);
  // Pings come all the time, and clerks ask; what they lead to is shown as views.
  if (
    call.startsWith('ViewService.') &&
    (method === 'ping' || !isServer(kind === 'request' ? from : to))
  )
    return undefined;
  const what = kind === 'request' ? `${method} ${brief(body)}` : `reply ${briefResult(body)}`;
  if (type === 'deliver' || type === 'send') return `<- ${from}: ${what}`.slice(0, 60);
  const arrow = type === 'duplicate' || type === 'hold' ? '->' : '-x';
  return `${arrow} ${to}: ${faultWords[type].seen}: ${what}`.slice(0, 60);
}

function briefResult(body: unknown): string {
  // Of a real message that is too large the trace has only its size.
  if (typeof body === 'string') return brief(body);
  const { reply, error } = (body ?? {}) as { reply?: unknown; error?: { code: string } };
  return error === undefined ? brief(reply) : `error ${error.code}`;
}

/** The parts of a value that tell one operation from another. */
function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return String(JSON.stringify(value)).slice(0, 30);
  const { operation, op, key, value: content } = value as Record<string, unknown>;
  if (operation !== undefined) return brief(operation);
  if (key !== undefined) {
    const args = [key, ...(content === undefined || content === null ? [] : [content])];
    const text = args.map((arg) => JSON.stringify(arg)).join(', ');
    return `${typeof op === 'string' ? op : ''}(${text.slice(0, 24)})`;
  }
  if ('value' in value) return String(JSON.stringify(content)).slice(0, 30);
  return Array.isArray(value) ? briefList(value) : briefFields(value);
}

/** A list by its length, and by its entry if there is one alone; a trace may say how many more there were. */
function briefList(list: readonly unknown[]): string {
  if (list.length === 1) return `[${brief(list[0])}]`;
  const more = /^and ([\d,]+) more$/.exec(String(list.at(-1)))?.[1];
  const count =
    more === undefined ? list.length : list.length - 1 + Number(more.replaceAll(',', ''));
  return `[${count} entries]`;
}

/** Its fields, the short ones before the long ones: which view and which piece tells more than what is in it. */
function briefFields(value: object): string {
  const fields = Object.entries(value).map(([name, one]) => `${name} ${brief(one)}`);
  const isLong = (text: string) => (text.length > 24 ? 1 : 0);
  return `{${fields.sort((a, b) => isLong(a) - isLong(b)).join(', ')}}`;
}
