import { shortNames } from '../judging/short-names';
import type { TraceEvent } from '../runtime/trace';
import { columnTrace } from './columns';

const message = {
  kind: 'request',
  id: 1,
  from: 'c1',
  to: 's1',
  call: 'PbService.operate',
} as const;
const put = { operation: { op: 'put', key: 'k', value: '1' } };
const trace: TraceEvent[] = [
  { t: 0, node: 's1', type: 'start' },
  { t: 1, node: 's1', type: 'tick' },
  { t: 2, node: 'c1', type: 'send', ...message, body: put },
  { t: 3, node: 's1', type: 'deliver', ...message, body: put },
  { t: 4, node: 'c1', type: 'drop', ...message, body: put },
  { t: 5, node: 'c1', type: 'drop', ...message, body: put },
  { t: 6, node: 's1', type: 'crash' },
];

test('one line an event, one column a node, clients first; ticks and departures are left out', () => {
  expect(columnTrace(trace)).toEqual([
    '       ms  c1                        s1',
    '      0.0                            start',
    '      3.0                            <- c1: operate put("k", "1")',
    '      4.0  -x s1: lost: operate put("k", "1")  (2 times, the last at 5.0)',
    '      6.0                            CRASH',
  ]);
});

test.each<[unknown, string]>([
  [{ viewnum: 2, requests: [put] }, 'forward {viewnum 2, requests [put("k", "1")]}'],
  [{ requests: [put, put], viewnum: 2 }, 'forward {requests [2 entries], viewnum 2}'],
  [[...Array(20).fill(put), 'and 1,234,567 more'], 'forward [1234587 entries]'],
  [{ chunk: 'x'.repeat(40), piece: 3 }, 'forward {piece 3, chunk "xxxxxxxxxxxxxxxxxxxxxxxxxx'],
])('of a message between servers what tells it from the next: %j', (body, text) => {
  const forward = { ...message, from: 's1', to: 's2', call: 'ReplicationService.forward', body };
  const [, line] = columnTrace([{ t: 1, node: 's2', type: 'deliver', ...forward }]);
  expect(line).toContain(`<- s1: ${text}`);
});

test('a server that asks the view service is shown, not its pings, nor clerks that ask', () => {
  const to = (from: string, call: string): TraceEvent[] =>
    (['send', 'deliver'] as const).map((type) => ({
      ...{ t: 1, node: type === 'send' ? from : 'vs', type, kind: 'request', id: 1 },
      ...{ from, to: 'vs', call: `ViewService.${call}`, body: {} },
    }));
  const trace = [...to('s1', 'ping'), ...to('s1', 'get'), ...to('c1', 'get')];
  expect(columnTrace(trace)).toEqual(['       ms  vs', '      1.0  <- s1: get {}']);
});

test('only the last events are shown, and none after the moment of the failure', () => {
  expect(columnTrace(trace, { most: 1, untilMs: 3 })).toEqual([
    '  (1 earlier events are in the trace file)',
    '       ms  s1',
    '      3.0  <- c1: operate put("k", "1")',
  ]);
});

test('the links that a partition cuts at once share a line', () => {
  const cut = (node: string, to: string) => ({ t: 5, node, type: 'cut', to }) as const;
  const cuts = [cut('s1', 'vs'), cut('vs', 's1'), cut('s1', 's2')];
  expect(columnTrace(cuts)).toEqual(['       ms  s1', '      5.0  CUT s1-vs s1>s2']);
});

test('long names are cut where they can still be told apart', () => {
  const [s1, s2] = ['replica-b.rack-1.example.net:8001', 'replica-c.rack-2.example.net:8001'];
  const asked = { ...message, from: 'c9.a-long-name.example.net:8001', to: s1, body: put };
  expect(
    columnTrace([
      { t: 1, node: s1, type: 'deliver', ...asked },
      { t: 2, node: s1, type: 'cut', to: s2 },
      { t: 3, node: 'vs', type: 'view', viewnum: 2, primary: s2, backup: null },
    ]),
  ).toEqual([
    '       ms  replica-b                 vs',
    '      1.0  <- c9: operate put("k", "1")',
    '      2.0  CUT replica-b>replica-c',
    '      3.0                            view 2: replica-c, -',
  ]);
});

test.each([
  [['s1', 's2', '127.0.0.1:1'], {}],
  [
    ['10.0.0.37:8001', '10.0.0.111:8001'],
    { '10.0.0.37:8001': '10.0.0.37', '10.0.0.111:8001': '10.0.0.111' },
  ],
  [['127.0.0.1:8001', '127.0.0.1:8002'], {}],
  [
    ['c1.long.example.net', 'c10.long.example.net'],
    { 'c1.long.example.net': 'c1.long', 'c10.long.example.net': 'c10' },
  ],
  [['x'.repeat(60)], { ['x'.repeat(60)]: `${'x'.repeat(23)}…` }],
])('%j', (names, cut) => {
  const all = Object.fromEntries(names.map((name) => [name, name]));
  expect(Object.fromEntries(shortNames(names))).toEqual({ ...all, ...cut });
});
