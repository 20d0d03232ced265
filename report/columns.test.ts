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
    '      4.0  -x s1: lost: operate put("k", "1")  (2 times)',
    '      6.0                            CRASH',
  ]);
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
