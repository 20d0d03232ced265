/** The path of an operation says what the trace shows, and no more. */
import type { TraceEvent } from '../../runtime/trace';
import type { CitedOperation } from '../failure';
import { pathOf } from './operation-path';
import { withCause } from './proven-cause';
import { called, nextId, nextMs, operated, sent, told } from './traces.testing';

const write = { op: 'append', key: 'k', value: 'v' } as const;
const read = { op: 'get', key: 'k' } as const;
const done = { reply: { value: null } };
const forward = 'ReplicationService.forward';
const nothing = (): TraceEvent[] => [];

const citedBy = (process: string, more: Partial<CitedOperation> = {}): CitedOperation => ({
  ...{ process, operation: write, calledAtMs: 0, ...more },
});
/** Moments differ from test to test. */
const linesOf = (cited: readonly CitedOperation[], trace: readonly TraceEvent[]) =>
  pathOf(cited, trace).map((line) => line.replaceAll(/[\d.]+ ms/g, '# ms'));

test.each<[string, () => TraceEvent[], string]>([
  ['nothing was sent', nothing, 'it sent nothing to another server'],
  [
    'the forward got lost',
    () => sent('request', 's1', 's2', nextId(), forward, {}, 'drop'),
    'its forward to s2 got lost',
  ],
  [
    'the forward was cut off',
    () => sent('request', 's1', 's2', nextId(), forward, {}, 'block'),
    'its forward to s2 was cut off',
  ],
  [
    'the forward was not answered',
    () => sent('request', 's1', 's2', nextId(), forward, {}),
    'its forward to s2 of # ms was not answered',
  ],
  [
    'the answer got lost',
    () => {
      const id = nextId();
      return [
        ...sent('request', 's1', 's2', id, forward, {}),
        ...sent('response', 's2', 's1', id, forward, { reply: {} }, 'drop'),
      ];
    },
    'the answer of s2 to its forward got lost',
  ],
  [
    'it was refused',
    () => called('s1', 's2', forward, {}, { error: { code: 'wrong-view' } }),
    's2 refused its forward at # ms: wrong-view',
  ],
  [
    'it was refused, then answered',
    () => [
      ...called('s1', 's2', forward, {}, { error: { code: 'wrong-view' } }),
      ...called('s1', 's2', forward, {}, { reply: { yes: true } }),
    ],
    'of 2 forwards, s2 answered its forward at # ms: {"yes":true}',
  ],
])('what became of the messages of the server: %s', (_, meanwhile, words) => {
  const trace = [
    ...told('s1', 2, 's1', 's2'),
    ...operated(['c1', 3], 's1', write, meanwhile, done),
  ];
  expect(linesOf([citedBy('c1')], trace)).toEqual([
    `append("k", "v") of c1, number 3: s1, which knew view 2 (s1, s2), got it at # ms; ${words}; s1 answered null at # ms`,
  ]);
});

test('what happens at one moment is told in its order', () => {
  const asked = () => called('s1', 's2', forward, {}, { reply: {} });
  const trace = operated(['c1', 1], 's1', write, asked, done).map((event) => ({ ...event, t: 7 }));
  expect(pathOf([citedBy('c1')], trace)).toEqual([
    'append("k", "v") of c1, number 1: s1, which knew no view, got it at 7 ms; s2 answered its forward at 7 ms: {}; s1 answered null at 7 ms',
  ]);
});

test('each server that got it, in order: one that crashed, one that refused it, one that answered', () => {
  const error = { error: { code: 'not-primary' } };
  const trace: TraceEvent[] = [
    ...sent('request', 'c1', 's1', nextId(), 'PbService.operate', {
      client: 'c1',
      seq: 1,
      operation: write,
    }),
    { t: nextMs(), node: 's1', type: 'crash' },
    ...operated(['c1', 1], 's2', write, nothing, error),
    ...told('s2', 3, 's2', null),
    ...operated(['c1', 1], 's2', write, nothing, done),
  ];
  expect(linesOf([citedBy('c1')], trace)).toEqual([
    'append("k", "v") of c1, number 1: ' +
      's1, which knew no view, got it at # ms; it sent nothing to another server; s1 crashed at # ms; then ' +
      's2, which knew no view, got it at # ms; s2 refused it: not-primary at # ms; then ' +
      's2, which knew view 3 (s2, -), got it at # ms; it sent nothing to another server; s2 answered null at # ms',
  ]);
});

test('of many refusals their number', () => {
  const error = { error: { code: 'not-primary' } };
  const refusals = Array.from({ length: 5 }, () =>
    operated(['c1', 1], 's2', write, nothing, error),
  );
  const trace = [...refusals.flat(), ...operated(['c1', 1], 's1', write, nothing, done)];
  expect(linesOf([citedBy('c1')], trace)).toEqual([
    expect.stringMatching(
      /: before, s2 refused it: not-primary \(5 times\); then s1, which knew no view, /,
    ),
  ]);
});

test('between two operations what changed among the servers', () => {
  const trace: TraceEvent[] = [
    { t: nextMs(), node: 's3', type: 'crash' },
    ...operated(['c1', 1], 's1', write, nothing, done),
    { t: nextMs(), node: 's1', type: 'crash' },
    { t: nextMs(), node: 'vs', type: 'view', viewnum: 3, primary: 's2', backup: null },
    ...operated(['c2', 1], 's2', read, nothing, { reply: { value: 'old' } }),
  ];
  expect(linesOf([citedBy('c1'), citedBy('c2', { operation: read })], trace)).toEqual([
    expect.stringMatching(/^append/),
    'between the two: s1 crashed at # ms, view 3 (s2, -) at # ms',
    expect.stringMatching(/^get\("k"\) of c2, number 1: s2, .* s2 answered "old" at # ms$/),
  ]);
});

test('of an operation that waits, who has it, and how often it was sent', () => {
  const request = { client: 'c1', seq: 1, operation: write };
  const lost = () => sent('request', 'c1', 's1', nextId(), 'PbService.operate', request, 'drop');
  const waiting = [citedBy('c1', { isWaiting: true })];
  expect(linesOf(waiting, told('s1', 1, 's1', null))).toEqual([
    'append("k", "v") of c1: c1 sent it to no server',
  ]);
  expect(linesOf(waiting, [...lost(), ...lost()])).toEqual([
    'append("k", "v") of c1, number 1: c1 sent it 2 times, the last time at # ms to s1, and no server got it',
  ]);
  const got = sent('request', 'c1', 's1', nextId(), 'PbService.operate', request);
  expect(linesOf(waiting, got)).toEqual([
    expect.stringMatching(
      /it sent nothing to another server; s1 had not answered at the end, # ms$/,
    ),
  ]);
});

test('a request of the same content that is of another operation is left out', () => {
  const known = citedBy('c1', { number: ['c1', 2] });
  const trace = [1, 2].flatMap((seq) => operated(['c1', seq], `s${seq}`, write, nothing, done));
  expect(linesOf([known], trace)).toEqual([expect.stringMatching(/^append.* number 2: s2, /)]);
  const other = operated(['c2', 1], 's3', write, nothing, done);
  expect(linesOf([citedBy('c1')], [...other, ...trace])[0]).not.toContain('s3');
});

test('long names are cut', () => {
  const [c1, s1] = ['client-one.example.net:8001', 'replica-b.rack-1.example.net:8001'];
  const trace = operated([c1, 1], s1, write, nothing, done);
  const failure = { kind: 'stuck', expected: '', actual: '', cited: [citedBy(c1)] } as const;
  const { path = [], ...others } = withCause(failure, trace);
  expect(path).toEqual([
    expect.stringMatching(/ of client, number 1: replica, which knew no view, got it/),
  ]);
  expect(others).not.toHaveProperty('cited');
});

test('of many operations nothing is told', () => {
  const trace = operated(['c1', 1], 's1', write, nothing, done);
  expect(pathOf(Array(5).fill(citedBy('c1')), trace)).toEqual([]);
});
