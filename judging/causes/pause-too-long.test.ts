/** A clerk pauses for too long when it waits for nobody, sends nothing, and has an operation to do. */
import type { TraceEvent } from '../../runtime/trace';
import { withCause } from './proven-cause';
import { nextId, nextMs, sent } from './traces.testing';

const client = 'client-one.example.net:8001';
const operation = { op: 'put', key: 'k', value: 'v' };
const invoke = (): TraceEvent => ({
  ...{ t: nextMs(), node: client, type: 'invoke', operation: 1, f: 'put' },
  args: { key: 'k', value: 'v' },
});
const asked = (fate: 'deliver' | 'drop') => {
  const body = { client, seq: 1, operation };
  return sent('request', client, 's1', nextId(), 'PbService.operate', body, fate);
};
const later = (ms: number): TraceEvent => ({ t: nextMs() + ms, node: 's1', type: 'tick' });
const remedyOf = (...trace: TraceEvent[]) =>
  withCause({ kind: 'stuck', expected: '', actual: '' }, trace).remedy;

test('its last request got lost, and it has sent nothing since', () => {
  expect(remedyOf(invoke(), ...asked('drop'), later(6_000))).toMatch(
    // Long names are cut.
    /^client waits for put\("k", "v"\), which it has sent once; the last message that it sent at all/,
  );
});

test.each<[string, () => TraceEvent[]]>([
  ['a server has its request', () => [invoke(), ...asked('deliver'), later(6_000)]],
  ['it is not long ago', () => [invoke(), ...asked('drop'), later(2_000)]],
])('nothing is proven when %s', (_, trace) => {
  expect(remedyOf(...trace())).toBeUndefined();
});
