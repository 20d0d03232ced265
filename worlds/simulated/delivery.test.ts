/** The bounds of a simulated network. */
import { Bodies } from '../../nodes/bodies';
import { TraceRecorder } from '../trace-recorder';
import { Delivery } from './delivery';
import { SimulatedNodes } from './nodes';
import { VirtualTimeline } from './timeline';

test('a node that sends long messages over and over while no operation ends, ends the run', () => {
  const timeline = new VirtualTimeline();
  const trace = new TraceRecorder(false);
  const nodes = new SimulatedNodes({ seed: 1, host: { open: () => fail() } }, timeline, trace);
  const [weather, choices] = [() => 0.5, () => 0.5];
  const delivery = new Delivery(
    { weather, choices, bodies: new Bodies(), onArrival: undefined, onRequest: () => undefined },
    ...[nodes, timeline, trace],
  );
  const body = JSON.stringify('x'.repeat(2 ** 24 - 2));
  const send = () =>
    delivery.send({ kind: 'request', from: 's1', to: 's2', id: 1, call: 'S.m', body });
  const sendAsManyAsMayGo = () => {
    for (let sent = 0; sent < 128; sent += 1) send();
  };
  sendAsManyAsMayGo();
  delivery.noteProgress();
  sendAsManyAsMayGo();
  expect(nodes.failures).toEqual([]);
  send();
  expect(nodes.failures).toEqual([
    {
      ...{ node: 's1', type: 'failure', where: 'its messages', frames: [] },
      expected: 's1 to send at most 2,147,483,648 bytes while no operation ends',
      message: 'it has sent more, the last 16,777,216 at once',
    },
  ]);
  expect(nodes.isLost).toBe(true);
});

function fail(): never {
  throw new Error('no node starts here');
}
