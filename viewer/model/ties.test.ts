/** Events of one moment are drawn apart, in their order, with times that read the same. */
import type { TraceEvent } from '../../runtime/trace';
import type { RunData } from './run';
import { withoutTies } from './ties';

const tick = (t: number, node = 's1'): TraceEvent => ({ t, node, type: 'tick' });
const invoke = (t: number, operation: number): TraceEvent => ({
  ...{ t, node: 'c1', type: 'invoke', operation, f: 'get', args: {} },
});
const returned = (t: number, operation: number): TraceEvent => ({
  ...{ t, node: 'c1', type: 'return', operation, result: { reply: null } },
});
const dataOf = (events: readonly TraceEvent[], more: Partial<RunData> = {}): RunData => ({
  ...{ title: '', events, leftOut: 0, ...more },
});
const operation = (invokedMs: number, returnedMs: number | null, process = 'c1') => ({
  ...{
    process,
    call: 'get',
    outcome: 'ok',
    invokedMs,
    returnedMs,
    pointMs: returnedMs,
    isEvidence: true,
  },
});
const timesIn = ({ events }: Pick<RunData, 'events'>) => events.map(({ t }) => t);
const isAscending = (times: readonly number[]) =>
  times.every((t, i) => i === 0 || t > (times[i - 1] as number));

test.each([
  ['a few', Array.from({ length: 5 }, () => tick(7))],
  ['many', Array.from({ length: 500 }, () => tick(7))],
  ['several moments, close together', [7, 7, 7, 7.001, 7.001, 7.001].map((t) => tick(t))],
])('%s: each after the one before, and shown with the same time', (_, events) => {
  const times = timesIn(withoutTies(dataOf(events)));
  expect(isAscending(times)).toBe(true);
  expect(times.map((t) => t.toFixed(1))).toEqual(events.map(({ t }) => t.toFixed(1)));
});

test('where most events have a moment of their own, all stay as they are', () => {
  const data = dataOf([tick(1), tick(2), tick(2), tick(3)]);
  expect(withoutTies(data)).toEqual(data);
});

test('an operation goes with its events, and the violation with the last return of its moment', () => {
  const events = [tick(7), invoke(7, 1), tick(7), returned(7, 1), invoke(7, 2), tick(7)];
  const operations = [operation(7, 7), operation(7, null), operation(7, 7, 'direct1')];
  const moved = withoutTies(
    dataOf(events, {
      history: { operations, verdict: 'not linearizable', sentence: '' },
      violation: { actual: '', notes: [], details: [], atMs: 7 },
    }),
  );
  const t = timesIn(moved);
  const [first, second, direct] = moved.history?.operations ?? [];
  expect(first).toMatchObject({ invokedMs: t[1], returnedMs: t[3] });
  expect(first?.pointMs).toBeGreaterThanOrEqual(t[1] as number);
  expect(first?.pointMs).toBeLessThanOrEqual(t[3] as number);
  expect(second).toMatchObject({ invokedMs: t[4], returnedMs: null, pointMs: null });
  expect(direct).toEqual(operations[2]);
  expect(moved.violation?.atMs).toBe(t[3]);
});

test('the run beside it, too', () => {
  const nearest = { name: 'seed 2', events: [tick(1), tick(1), tick(1)] };
  const moved = withoutTies(dataOf([tick(1), tick(2)], { nearest }));
  expect(timesIn(moved)).toEqual([1, 2]);
  expect(isAscending(timesIn(moved.nearest ?? { events: [] }))).toBe(true);
});
