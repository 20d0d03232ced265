/**
 * Ties: events of one moment, as in an explored run, where messages take no time. For the drawing they are moved apart
 * by so little that their times read the same, in their order; operations of clients go with their events.
 */
import type { TraceEvent } from '../../runtime/trace';
import type { HistoryData, OperationData, RunData } from './run';

/** Between two events of a tie, in milliseconds. */
const stepMs = 0.002;
/** From the first to the last one of a tie: times are shown with one decimal. */
const mostMs = 0.045;

/** The same run without ties, and the run beside it, too. */
export function withoutTies(data: RunData): RunData {
  const { events, violation, nearest } = data;
  const spread = spreadOut(events);
  const isMoved = violation !== undefined && spread !== undefined;
  return {
    ...apart(data),
    ...(isMoved && { violation: { ...violation, atMs: momentOf(violation.atMs, events, spread) } }),
    ...(nearest && { nearest: apart(nearest) }),
  };
}

function apart<
  R extends { readonly events: readonly TraceEvent[]; readonly history?: HistoryData },
>(run: R): R {
  const { events, history } = run;
  const spread = spreadOut(events);
  if (spread === undefined) return run;
  return {
    ...run,
    events: events.map((event, i) => ({ ...event, t: spread[i] as number })),
    ...(history && { history: withEvents(history, events, spread) }),
  };
}

/** The moments of the events, moved apart; undefined: ties are few, and what happens at once may stand at once. */
function spreadOut(events: readonly TraceEvent[]): Float64Array | undefined {
  const tied = events.filter(({ t }, i) => t === events[i - 1]?.t).length;
  if (tied * 2 < events.length) return undefined;
  const moments = Float64Array.from(events, ({ t }) => t);
  for (let first = 0; first < events.length; ) {
    let next = first + 1;
    while (next < events.length && moments[next] === moments[first]) next += 1;
    const gap = ((moments[next] ?? Number.POSITIVE_INFINITY) - (moments[first] as number)) / 2;
    const step = Math.min(stepMs, Math.min(mostMs, gap) / (next - first));
    for (let i = first + 1; i < next; i += 1)
      moments[i] = (moments[first] as number) + (i - first) * step;
    first = next;
  }
  return moments;
}

/** The last event of a moment, or the last return of an operation among them: what people look for. */
function momentOf(ms: number, events: readonly TraceEvent[], spread: Float64Array): number {
  const last = events.findLastIndex(({ t, type }) => t === ms && type === 'return');
  const index = last >= 0 ? last : events.findLastIndex(({ t }) => t === ms);
  return spread[index] ?? ms;
}

function withEvents(
  history: HistoryData,
  events: readonly TraceEvent[],
  spread: Float64Array,
): HistoryData {
  const moments = momentsOfOperations(events, spread);
  const seen = new Map<string, number>();
  const operations = history.operations.map((operation): OperationData => {
    const { process, invokedMs, returnedMs, pointMs } = operation;
    const place = seen.get(process) ?? 0;
    seen.set(process, place + 1);
    const its = moments.get(process)?.[place];
    // A test asks servers itself, without events of its own.
    if (its === undefined || Math.abs(its.invoked - invokedMs) > mostMs) return operation;
    const returned = returnedMs === null ? null : (its.returned ?? returnedMs);
    const latest = returned ?? Number.POSITIVE_INFINITY;
    const point = pointMs === null ? null : Math.max(its.invoked, Math.min(pointMs, latest));
    return { ...operation, invokedMs: its.invoked, returnedMs: returned, pointMs: point };
  });
  return { ...history, operations };
}

interface Moments {
  readonly invoked: number;
  returned?: number;
}

/** For each client its operations in order. */
function momentsOfOperations(events: readonly TraceEvent[], spread: Float64Array) {
  const all = new Map<string, Moments[]>();
  const open = new Map<string, Moments>();
  events.forEach((event, i) => {
    const t = spread[i] as number;
    if (event.type === 'invoke') {
      const one: Moments = { invoked: t };
      const own = all.get(event.node);
      if (own === undefined) all.set(event.node, [one]);
      else own.push(one);
      open.set(`${event.node} ${event.operation}`, one);
    } else if (event.type === 'return') {
      const one = open.get(`${event.node} ${event.operation}`);
      if (one !== undefined) one.returned = t;
    }
  });
  return all;
}
