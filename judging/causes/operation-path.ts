/**
 * The path of an operation through a run, in a sentence: which servers got it, and in which view, what became of
 * their messages to other servers on that, and what they answered. It accuses nobody: it says what the trace shows.
 */
import type { Address } from '../../runtime/node';
import type { TraceEvent } from '../../runtime/trace';
import type { View } from '../../viewservice/api';
import type { CitedOperation } from '../failure';
import { callIn, contentOf, isBy, ms } from './client-operations';

/** Of more operations, and of more servers, the trace tells better. */
const maxCited = 4;
const maxStations = 3;
const maxReplyLength = 40;
const maxChanges = 4;

type Body = Readonly<Record<string, unknown>>;
type Message = Extract<TraceEvent, { readonly call: string }>;

/** What had become of something, and when: in milliseconds, and which event of the trace it was, as much may happen at once. */
interface Outcome {
  readonly at: number;
  readonly order: number;
  readonly words: string;
}

type When = Omit<Outcome, 'words'>;

/** A message of one server to another. */
interface Sent {
  readonly to: Address;
  readonly at: number;
  readonly order: number;
  readonly method: string;
  outcome?: Outcome & { readonly isAnswer?: true };
}

/** The stay of an operation at a server, from the request to the answer. */
interface Station {
  readonly server: Address;
  readonly at: number;
  readonly order: number;
  readonly knew: View | undefined;
  readonly sent: Sent[];
  end?: Outcome & { readonly isRefusal?: true };
}

/** An operation that is followed through the trace. */
interface Followed {
  readonly cited: CitedOperation;
  readonly content: string;
  readonly stations: Station[];
  /** The id and the number that its requests bear, once one was sent. */
  number?: readonly [client: string, seq: number];
  /** The requests of its client. */
  tries: number;
  lastTry?: { readonly at: number; readonly to: Address };
}

/** A line for each of the operations, and before the last one what changed among the servers meanwhile. */
export function pathOf(cited: readonly CitedOperation[], trace: readonly TraceEvent[]): string[] {
  if (cited.length === 0 || cited.length > maxCited) return [];
  const all = cited.map(
    (one): Followed => ({
      cited: one,
      content: contentOf(one.operation),
      ...(one.number && { number: one.number }),
      stations: [],
      tries: 0,
    }),
  );
  new Follower(all).run(trace);
  const met = all.filter(({ cited, stations }) => cited.isWaiting || stations.length > 0);
  const lines = met.map((one) => sentenceOn(one, trace.at(-1)?.t ?? 0));
  const [first, last] = [met[0], met.at(-1)];
  if (first === undefined || last === undefined || first === last) return lines;
  if (last.cited.isWaiting) return lines;
  return lines.toSpliced(-1, 0, ...changesIn(trace.slice(endOf(first), startOf(last))));
}

class Follower {
  private readonly all: readonly Followed[];
  private readonly views = new Map<Address, View>();
  private readonly sent = new Map<string, Sent>();
  private readonly asked = new Map<string, Followed>();
  private order = 0;

  constructor(all: readonly Followed[]) {
    this.all = all;
  }

  run(trace: readonly TraceEvent[]): void {
    for (const [order, event] of trace.entries()) {
      this.order = order;
      if (event.type === 'start') this.views.delete(event.node);
      if (event.type === 'crash') this.end(event.node, { at: event.t, order, words: 'crashed' });
      if ('call' in event) this.see(event, (event.body ?? {}) as Body);
    }
  }

  private see(event: Message, body: Body): void {
    const { type, node, kind, call } = event;
    const isRequest = kind === 'request';
    const { id, from, to } = event;
    const key = isRequest ? `${from} ${to} ${id}` : `${to} ${from} ${id}`;
    const one = this.asked.get(key);
    if (one !== undefined && !isRequest) {
      if (type === 'send') answer(one, { at: event.t, order: this.order }, event, body);
    } else if (call === 'ViewService.ping') {
      const view = body.reply as View | null | undefined;
      if (isRequest || type !== 'deliver' || typeof view?.viewnum !== 'number') return;
      if (view.viewnum > (this.views.get(node)?.viewnum ?? -1)) this.views.set(node, view);
    } else if (call === 'PbService.operate') {
      if (isRequest) this.arrive(event, body);
    } else if (isRequest && type === 'send') {
      this.send(event);
    } else {
      const message = this.sent.get(key);
      const outcome =
        message && outcomeOf(message, { at: event.t, order: this.order }, event, body);
      if (message !== undefined && outcome !== undefined) message.outcome ??= outcome;
    }
  }

  private send({ from, to, t, id, call }: Message): void {
    const message: Sent = { to, at: t, order: this.order, method: call.replace(/^.*\./, '') };
    this.sent.set(`${from} ${to} ${id}`, message);
    for (const one of this.all) openAt(one, from)?.sent.push(message);
  }

  private arrive({ type, from, to, t, id }: Message, body: Body): void {
    const { client, seq } = body as { client: string; seq: number };
    const content = contentOf(body.operation);
    for (const one of this.all) {
      if (one.content !== content) continue;
      if (type === 'send' && isBy(one.cited, from, client, t)) one.number ??= [client, seq];
      if (one.number?.[0] !== client || one.number[1] !== seq) continue;
      if (type === 'send') {
        one.tries += 1;
        one.lastTry = { at: t, to };
      }
      this.asked.set(`${from} ${to} ${id}`, one);
      if (type !== 'deliver' || openAt(one, to) !== undefined) continue;
      one.stations.push({
        server: to,
        at: t,
        order: this.order,
        knew: this.views.get(to),
        sent: [],
      });
    }
  }

  private end(server: Address, end: Outcome): void {
    for (const one of this.all) {
      const station = openAt(one, server);
      if (station !== undefined) station.end = end;
    }
  }
}

function answer(
  { stations }: Followed,
  when: When,
  { from }: Message,
  { reply, error }: Body,
): void {
  const station = stations.findLast(({ server }) => server === from);
  if (station === undefined) return;
  if (error !== undefined) {
    station.end ??= { ...when, words: `refused it: ${codeOf(error)}`, isRefusal: true };
  } else if (station.end === undefined || station.end.isRefusal) {
    station.end = { ...when, words: `answered ${shownReply(reply)}` };
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

function openAt({ stations }: Followed, server: Address): Station | undefined {
  return stations.findLast((one) => one.server === server && one.end === undefined);
}

function outcomeOf({ to, method }: Sent, when: When, event: Message, body: Body): Sent['outcome'] {
  const { type, kind, t } = event;
  const isAnswer = kind === 'response';
  if (type === 'drop' || type === 'block') {
    const how = type === 'drop' ? 'got lost' : 'was cut off';
    const what = isAnswer ? `the answer of ${to} to its ${method}` : `its ${method} to ${to}`;
    return { ...when, words: `${what} ${how}` };
  }
  if (!isAnswer || type !== 'deliver') return undefined;
  const { error, reply } = body;
  if (error !== undefined) {
    return { ...when, words: `${to} refused its ${method} at ${ms(t)}: ${codeOf(error)}` };
  }
  const words = `${to} answered its ${method} at ${ms(t)}: ${shownReply(reply)}`;
  return { ...when, words, isAnswer: true };
}

function shownReply(reply: unknown): string {
  const { value } = (reply ?? {}) as { value?: unknown };
  const text = JSON.stringify(value === undefined ? reply : value) ?? 'nothing';
  return text.length > maxReplyLength ? `${text.slice(0, maxReplyLength)}...` : text;
}

function sentenceOn(one: Followed, endMs: number): string {
  const { cited, number, stations } = one;
  const isRefusal = ({ end }: Station) => end?.isRefusal === true;
  // What only says that a server is not the one to ask comes often, and tells least.
  const others = stations.filter((station) => !isRefusal(station));
  const some = others.length > 0 ? others.slice(-maxStations) : stations.slice(-1);
  const shown = stations.length <= maxStations ? stations : some;
  const stays = shown.map((station) => stay(station, endMs));
  const left = stations.filter((station) => !shown.includes(station));
  if (left.length > 0) stays.unshift(`before, ${refusalsIn(left)}`);
  if (cited.isWaiting && (one.tries !== 1 || stations.length === 0)) stays.push(lastTryOf(one));
  const seq = number === undefined ? '' : `, number ${number[1]}`;
  return `${callIn(cited.operation)} of ${cited.process}${seq}: ${stays.join('; then ')}`;
}

/** Who had it and refused it, how often and why. */
function refusalsIn(stations: readonly Station[]): string {
  const counts = new Map<string, number>();
  for (const { server, end } of stations) {
    const words = `${server} ${end?.words ?? 'had it'}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts]
    .map(([words, count]) => `${words}${count > 1 ? ` (${count} times)` : ''}`)
    .join(', ');
}

function lastTryOf({ cited, tries, lastTry, stations }: Followed): string {
  const { process } = cited;
  if (lastTry === undefined) return `${process} sent it to no server`;
  const got = stations.length === 0 ? ', and no server got it' : '';
  const last = tries === 1 ? '' : `${tries} times, the last time `;
  return `${process} sent it ${last}at ${ms(lastTry.at)} to ${lastTry.to}${got}`;
}

function stay(station: Station, endMs: number): string {
  const { server, at, knew, end } = station;
  const last =
    end === undefined
      ? `had not answered at the end, ${ms(endMs)}`
      : `${end.words} at ${ms(end.at)}`;
  const view = knew === undefined ? 'knew no view' : `knew ${viewIn(knew)}`;
  const isAlone = station.sent.every(({ order }) => order > (end?.order ?? 0));
  const meanwhile = end?.isRefusal && isAlone ? '' : `; ${consulted(station)}`;
  return `${server}, which ${view}, got it at ${ms(at)}${meanwhile}; ${server} ${last}`;
}

/** What had become of its messages to other servers when the stay ended: of the one that was answered, or of the last that has a fate. */
function consulted({ sent, end }: Station): string {
  const until = end?.order ?? Number.POSITIVE_INFINITY;
  const before = sent.filter(({ order }) => order < until);
  const known = before.filter(({ outcome }) => outcome !== undefined && outcome.order < until);
  const told = known.find(({ outcome }) => outcome?.isAnswer) ?? known.at(-1);
  const [first] = before;
  const last = before.at(-1);
  if (first === undefined || last === undefined) return 'it sent nothing to another server';
  const words =
    told?.outcome?.words ??
    `its ${first.method} to ${first.to} of ${ms(first.at)} was not answered`;
  if (before.length === 1) return words;
  const lastSent = end === undefined ? `; its last message went out at ${ms(last.at)}` : '';
  return `of ${counted(before)}, ${words}${lastSent}`;
}

/** `1 forward and 40 transfers`. */
function counted(sent: readonly Sent[]): string {
  const counts = new Map<string, number>();
  for (const { method } of sent) counts.set(method, (counts.get(method) ?? 0) + 1);
  return [...counts]
    .map(([method, count]) => `${count} ${method}${count > 1 ? 's' : ''}`)
    .join(' and ');
}

function viewIn({ viewnum, primary, backup }: View): string {
  return `view ${viewnum} (${primary ?? '-'}, ${backup ?? '-'})`;
}

function startOf({ stations }: Followed): number {
  return stations.at(-1)?.order ?? 0;
}

function endOf({ stations }: Followed): number {
  return stations.find(({ end }) => end?.isRefusal !== true)?.end?.order ?? 0;
}

function changesIn(trace: readonly TraceEvent[]): string[] {
  const changes = trace.flatMap((event) => {
    if (event.type === 'view') return [`${viewIn(event)} at ${ms(event.t)}`];
    return event.type === 'crash' ? [`${event.node} crashed at ${ms(event.t)}`] : [];
  });
  if (changes.length === 0) return [];
  return [
    `between the two: ${changes.slice(0, maxChanges).join(', ')}${changes.length > maxChanges ? ', and more' : ''}`,
  ];
}
