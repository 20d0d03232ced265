/**
 * Compares two runs of one scenario node by node: what each node did and saw, in its own order,
 * whatever the times. Two runs in which every node saw the same are the same run; where the first
 * node sees something else, the runs part.
 */
import type { TraceEvent } from '../../runtime/trace';
import { isMessageEvent, isPing } from './messages';

/** Where two runs part: events by their index, undefined when nothing more happens at the node. */
export interface Parting {
  readonly node: string;
  readonly here: number | undefined;
  readonly there: number | undefined;
}

export interface Comparison {
  /** For each event of the one run that of the other which is the same; -1: there is none. */
  readonly counterparts: Int32Array;
  /** How many events have one. */
  readonly shared: number;
  /** undefined: as far as both go they are the same. */
  readonly parting: Parting | undefined;
}

/** Compares `here`, which may have ended early, with `there`. */
export function compareRuns(here: readonly TraceEvent[], there: readonly TraceEvent[]): Comparison {
  const withPings = isAboutViews(here);
  const counts = (event: TraceEvent) => isCompared(event, withPings);
  const queues = queuesOf(there, counts);
  const names = new Map<string, string>();
  const counterparts = new Int32Array(here.length).fill(-1);
  const parted = new Set<string>();
  let shared = 0;
  let parting: Parting | undefined;
  here.forEach((event, index) => {
    if (!counts(event) || parted.has(event.node)) return;
    const queue = queues.get(event.node);
    const other = queue?.events[queue.next];
    if (queue !== undefined && other !== undefined && isSame(event, there[other], names)) {
      counterparts[index] = other;
      shared += 1;
      queue.next += 1;
      return;
    }
    parted.add(event.node);
    parting ??= { node: event.node, here: index, there: other };
  });
  return { counterparts, shared, parting: parting ?? goesOn(there, queues) };
}

interface Queue {
  readonly events: number[];
  next: number;
}

function queuesOf(events: readonly TraceEvent[], counts: (event: TraceEvent) => boolean) {
  const queues = new Map<string, Queue>();
  events.forEach((event, index) => {
    if (!counts(event)) return;
    const queue = queues.get(event.node) ?? { events: [], next: 0 };
    queue.events.push(index);
    queues.set(event.node, queue);
  });
  return queues;
}

/** The one run ended where the other went on. */
function goesOn(there: readonly TraceEvent[], queues: ReadonlyMap<string, Queue>) {
  const firsts = [...queues.values()].flatMap(({ events, next }) => events[next] ?? []);
  if (firsts.length === 0) return undefined;
  const first = Math.min(...firsts);
  return { node: (there[first] as TraceEvent).node, here: undefined, there: first };
}

/** Whether it is about the view service alone: then the pings are what happens. */
export function isAboutViews(events: readonly TraceEvent[]): boolean {
  return events.every((event) =>
    isMessageEvent(event) ? event.call.startsWith('ViewService.') : event.type !== 'invoke',
  );
}

function isCompared(event: TraceEvent, withPings: boolean): boolean {
  if (event.type === 'timer') return false;
  return withPings || (event.type !== 'tick' && !(isMessageEvent(event) && isPing(event.call)));
}

/** `names`: the names that clerks have drawn for themselves, in the one run and in the other. */
function isSame(a: TraceEvent, b: TraceEvent | undefined, names: Map<string, string>): boolean {
  if (b?.type !== a.type) return false;
  // A log line of code may hold anything, such as a time.
  if (a.type === 'log' && b.type === 'log') return a.event === b.event;
  if (isMessageEvent(a) && isMessageEvent(b)) {
    if (a.kind !== b.kind || a.from !== b.from || a.to !== b.to || a.call !== b.call) return false;
    learn(a.body, b.body, names);
    return isAlike(a.body, b.body, names);
  }
  const { t: _a, ...one } = a;
  const { t: _b, ...other } = b;
  return isAlike(one, other, names);
}

/** A clerk says by which name it goes in each request (pbservice/api.ts). */
function learn(a: unknown, b: unknown, names: Map<string, string>): void {
  const one = (a as { client?: unknown } | null)?.client;
  const other = (b as { client?: unknown } | null)?.client;
  if (typeof one !== 'string' || typeof other !== 'string') return;
  if (!names.has(one)) names.set(one, other);
}

/** Larger numbers are times, or drawn. */
const largestCount = 1e9;

function isAlike(a: unknown, b: unknown, names: ReadonlyMap<string, string>): boolean {
  if (a === b) return true;
  if (typeof a === 'string') return names.get(a) === b;
  if (typeof a === 'number' && typeof b === 'number') return !isCount(a) && !isCount(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [one, other] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    one.length === other.size &&
    one.every(([key, value]) => {
      const name = other.has(key) ? key : (names.get(key) ?? key);
      return other.has(name) && isAlike(value, other.get(name), names);
    })
  );
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < largestCount;
}
