/** Which traces are of runs in which nothing but servers failed. */
import type { TraceEvent } from '../runtime/trace';
import { isNetworkSound } from './sound-network';

const call = 'PbService.operate';

function node(t: number, name: string, type: 'start' | 'crash' | 'pause'): TraceEvent {
  return { t, node: name, type };
}

function message(
  t: number,
  type: 'send' | 'deliver' | 'drop' | 'block' | 'hold' | 'duplicate',
  about: { id?: number; to?: string; call?: string } = {},
): TraceEvent {
  const to = about.to ?? 's1';
  const common = { kind: 'request', id: about.id ?? 1, from: 'c1', to, body: {} } as const;
  return { t, node: type === 'send' ? 'c1' : to, type, ...common, call: about.call ?? call };
}

const starts = ['vs', 's1', 's2', 'c1'].map((name) => node(0, name, 'start'));
const asked = message(1, 'send', { id: 9, to: 'vs', call: 'ViewService.ping' });
const heard = message(2, 'deliver', { id: 9, to: 'vs', call: 'ViewService.ping' });

test.each([
  ['all arrives', [message(10, 'send'), message(13, 'deliver')]],
  [
    'a server crashes, and what is under way to it is lost',
    [
      message(10, 'send'),
      node(11, 's1', 'crash'),
      message(12, 'drop'),
      message(900, 'send', { id: 2 }),
      message(901, 'drop', { id: 2 }),
    ],
  ],
  [
    'it restarts, and something of before is still under way',
    [message(10, 'send'), node(11, 's1', 'crash'), node(11, 's1', 'start'), message(12, 'drop')],
  ],
  [
    'somebody sends a message to nobody',
    [message(10, 'send', { to: 'nobody' }), message(11, 'drop', { to: 'nobody' })],
  ],
  ['the run ends before a message arrives', [message(10, 'send'), node(12, 's2', 'crash')]],
])('sound: %s', (_what, events) => {
  expect(isNetworkSound([...starts, asked, heard, ...events])).toBe(true);
});

test.each([
  ['a message is lost', [message(10, 'send'), message(11, 'drop')]],
  ['a message is cut off', [message(10, 'send'), message(11, 'block')]],
  ['a message comes twice', [message(10, 'send'), message(11, 'duplicate')]],
  ['a message comes late', [message(10, 'send'), message(200, 'deliver')]],
  ['a message is held back for ever', [message(10, 'send'), node(200, 's2', 'crash')]],
  [
    'a message is lost long after the restart',
    [node(10, 's1', 'crash'), node(11, 's1', 'start'), message(100, 'send'), message(101, 'drop')],
  ],
  ['somebody is paused', [node(10, 's1', 'pause')]],
  ['the view service ends', [node(10, 'vs', 'crash')]],
])('not sound: %s', (_what, events) => {
  expect(isNetworkSound([...starts, asked, heard, ...events])).toBe(false);
});
