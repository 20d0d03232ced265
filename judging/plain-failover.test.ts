/** Traces of runs in which servers crashed and nothing else failed, and of others. */
import type { TraceEvent } from '../runtime/trace';
import { isPlainFailover } from './plain-failover';

function node(t: number, name: string, type: 'start' | 'crash' | 'pause'): TraceEvent {
  return { t, node: name, type };
}

type Fate = 'send' | 'deliver' | 'drop' | 'block' | 'hold' | 'duplicate';

function message(t: number, type: Fate, about: { id?: number; from?: string; to?: string } = {}) {
  const { id = 1, from = 'c1', to = 's1' } = about;
  const call = to === 'vs' ? 'ViewService.ping' : 'PbService.operate';
  const common = { kind: 'request', id, from, to, call, body: {} } as const;
  return { t, node: type === 'send' ? from : to, type, ...common } satisfies TraceEvent;
}

/** Two servers that have pinged, and a client. */
const began: readonly TraceEvent[] = [
  ...['vs', 's1', 's2', 'c1'].map((name) => node(0, name, 'start')),
  ...['s1', 's2'].flatMap((from, i) => [
    message(1, 'send', { id: 100 + i, from, to: 'vs' }),
    message(2, 'deliver', { id: 100 + i, from, to: 'vs' }),
  ]),
];
const crash = node(50, 's1', 'crash');

test.each<[string, TraceEvent[]]>([
  ['a server crashes', [message(10, 'send'), message(13, 'deliver'), crash]],
  [
    'what is under way to it is lost, and all that is sent there later',
    [
      ...[message(49, 'send'), crash, message(51, 'drop')],
      ...[message(900, 'send', { id: 2 }), message(901, 'drop', { id: 2 })],
    ],
  ],
  [
    'it restarts, and something of before is still under way',
    [message(49, 'send'), crash, node(50, 's1', 'start'), message(52, 'drop')],
  ],
  [
    'somebody sends to nobody',
    [message(1, 'send', { to: 'x' }), message(2, 'drop', { to: 'x' }), crash],
  ],
  ['the run ends before a message arrives', [crash, message(55, 'send', { to: 's2' })]],
])('a plain failover: %s', (_what, events) => {
  expect(isPlainFailover([...began, ...events])).toBe(true);
});

test.each<[string, TraceEvent[]]>([
  ['nobody crashes', [message(10, 'send'), message(13, 'deliver')]],
  ['a message is lost', [message(10, 'send'), message(11, 'drop'), crash]],
  ['a message is cut off', [message(10, 'send'), message(11, 'block'), crash]],
  ['a message comes twice', [message(10, 'send'), message(11, 'duplicate'), crash]],
  ['a message is late on purpose', [message(10, 'send'), message(11, 'hold'), crash]],
  [
    'a message comes late',
    [crash, message(60, 'send', { to: 's2' }), message(99, 'deliver', { to: 's2' })],
  ],
  ['a message is held back for ever', [message(10, 'send', { to: 's2' }), crash]],
  [
    'a message is lost long after the restart',
    [crash, node(51, 's1', 'start'), message(100, 'send'), message(101, 'drop')],
  ],
  ['somebody is paused', [node(10, 's2', 'pause'), crash]],
  ['the view service crashes', [node(10, 'vs', 'crash'), crash]],
  ['a client crashes', [node(10, 'c1', 'crash'), crash]],
  ['all servers are down', [crash, node(60, 's2', 'crash'), node(70, 's1', 'start')]],
])('no plain failover: %s', (_what, events) => {
  expect(isPlainFailover([...began, ...events])).toBe(false);
});
