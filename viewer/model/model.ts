/** All that is drawn, made once from the data of the page; what is shown of it depends on the state. */
import type { TraceEvent } from '../../runtime/trace';
import { isAboutViews } from './compare';
import { isMessageEvent, isPing, type MessageArrow, messagesOf } from './messages';
import { type NodeTrack, tracksOf } from './nodes';
import { type PartitionSpan, partitionsOf } from './partitions';
import type { OperationData, RunData, RunViolation } from './run';
import { Scale } from './scale';
import { firstIndex, type Span, Spans } from './search';
import type { PageState } from './view-state';

export interface OperationBar extends OperationData, Span {
  /** The row of the history in which it is drawn, from 0. */
  readonly row: number;
}

/** The number of events around the moment of a violation that are on the screen at first. */
const eventsAtFirst = 40;
/** And so many at the most, if that shows all operations which prove it. */
const eventsForProof = 160;

/** An event in words, for a search. */
export type Describe = (event: TraceEvent) => string;

export class RunModel {
  readonly data: RunData;
  readonly events: readonly TraceEvent[];
  readonly run: Span;
  readonly tracks: readonly NodeTrack[];
  readonly messages: Spans<MessageArrow>;
  readonly partitions: readonly PartitionSpan[];
  readonly operations: Spans<OperationBar>;
  readonly historyRows: number;
  /** The event from which on it is not the run beside it any more. */
  readonly parting: number | undefined;
  private readonly describe: Describe;
  private texts: string[] | undefined;

  constructor(data: RunData, parting?: number, describe: Describe = JSON.stringify) {
    this.data = data;
    this.describe = describe;
    this.parting = parting;
    this.events = data.events;
    const { events, history } = data;
    const operations = history?.operations ?? [];
    const times = [events[0]?.t ?? 0, ...operations.map(({ invokedMs }) => invokedMs)];
    const ends = [events.at(-1)?.t ?? 0, ...operations.map((it) => it.returnedMs ?? it.invokedMs)];
    const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
    const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
    this.run = { fromMs: least(times), toMs: Math.max(most(ends), least(times) + 1) };
    this.tracks = tracksOf(events);
    this.messages = new Spans(messagesOf(events));
    this.partitions = partitionsOf(events, this.run.toMs);
    const { rows, placed } = place(operations, this.run.toMs);
    this.operations = new Spans(placed);
    this.historyRows = rows;
  }

  /** The newest event at this moment. */
  eventAt(ms: number): number {
    return Math.max(0, firstIndex(this.events.length, (i) => this.timeOf(i) > ms) - 1);
  }

  timeOf(index: number): number {
    return this.events[index]?.t ?? 0;
  }

  /** When the first operation of those began that prove the violation. */
  private get proofMs(): number {
    const proof = this.operations.all.find(({ isEvidence }) => isEvidence);
    return proof?.fromMs ?? Number.POSITIVE_INFINITY;
  }

  /** The first view of the page: the moment of the violation, or the beginning. */
  initialState(run: PageState['run'] = 'failing'): PageState {
    const { violation } = this.data;
    const cursor = violation === undefined ? 0 : this.momentOf(violation);
    const all = { run, cursor, window: this.run, hidden: new Set<string>() };
    // Where nothing else happens, the pings are what it is about.
    const pings = isAboutViews(this.events);
    const state = { ...all, pings, even: true, text: '', only: false };
    const shown = this.shown(state);
    if (shown.length <= 2 * eventsAtFirst) return state;
    const place = firstIndex(shown.length, (i) => (shown[i] as number) >= cursor);
    const proofFrom = firstIndex(
      shown.length,
      (i) => this.timeOf(shown[i] as number) >= this.proofMs,
    );
    const isNear = place - proofFrom <= eventsForProof;
    const from = Math.max(0, Math.min(place - eventsAtFirst, isNear ? proofFrom - 2 : place));
    const last = Math.min(shown.length - 1, Math.max(place + 6, from + eventsAtFirst));
    const fromMs = this.timeOf(shown[from] as number);
    const toMs = this.timeOf(shown[last] as number);
    const margin = Math.max((toMs - fromMs) * 0.03, 0.1);
    return { ...state, window: { fromMs: fromMs - margin, toMs: toMs + margin } };
  }

  /** The event at which the violation showed. */
  momentOf({ atMs }: RunViolation): number {
    const index = this.eventAt(atMs);
    // At the same moment much may happen: the return of an operation is what people look for.
    for (let i = index; i >= 0 && this.timeOf(i) === this.timeOf(index); i -= 1) {
      if (this.events[i]?.type === 'return') return i;
    }
    return index;
  }

  /** The events that are shown, by index. */
  shown(state: PageState): Int32Array {
    const indices: number[] = [];
    const { text, only } = state;
    const wanted = only && text !== '' ? this.finder(text) : () => true;
    this.events.forEach((event, index) => {
      if (isShown(event, state) && wanted(index)) indices.push(index);
    });
    return Int32Array.from(indices);
  }

  /** The scale on which these events are drawn; `beside`: moments of another run that has the same. */
  scaleOf(shown: Int32Array, { even }: PageState, beside: readonly number[] = []): Scale {
    if (!even) return new Scale([]);
    const times = this.timesOf(shown);
    return new Scale(beside.length === 0 ? times : [...times, ...beside].sort((a, b) => a - b));
  }

  timesOf(shown: Int32Array): number[] {
    return Array.from(shown, (index) => this.timeOf(index));
  }

  /** Whether an event fits a search: each word stands somewhere in its node or its description. */
  finder(text: string): (index: number) => boolean {
    this.texts ??= this.events.map((event) =>
      `${event.node} ${this.describe(event)}`.toLowerCase(),
    );
    const { texts } = this;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return (index) => words.every((word) => texts[index]?.includes(word));
  }
}

/** Whether an event is shown, whatever is searched for. */
function isShown(event: TraceEvent, { hidden, pings }: PageState): boolean {
  if (hidden.has(event.node)) return false;
  if (isMessageEvent(event)) {
    return !hidden.has(event.from) && !hidden.has(event.to) && (pings || !isPing(event.call));
  }
  return pings || (event.type !== 'tick' && event.type !== 'timer');
}

/** Gives each process a row, and rows of processes that have ended to later ones. */
function place(operations: readonly OperationData[], endMs: number) {
  const end = ({ returnedMs }: OperationData) => returnedMs ?? endMs;
  const lastOf = new Map<string, number>();
  for (const operation of operations) {
    const last = lastOf.get(operation.process) ?? 0;
    lastOf.set(operation.process, Math.max(last, end(operation)));
  }
  const rowOf = new Map<string, number>();
  const busyUntil: number[] = [];
  const placed = operations.map((operation): OperationBar => {
    const { process, invokedMs } = operation;
    let row = rowOf.get(process);
    if (row === undefined) {
      const free = busyUntil.findIndex((until) => until < invokedMs);
      row = free < 0 ? busyUntil.length : free;
      rowOf.set(process, row);
      busyUntil[row] = lastOf.get(process) as number;
    }
    return { ...operation, row, fromMs: invokedMs, toMs: end(operation) };
  });
  return { rows: busyUntil.length, placed };
}
