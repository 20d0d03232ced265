/** An acknowledgement proves something only where the backup has said nothing since the primary heard of the view. */
import type { TraceEvent } from '../../runtime/trace';
import { acknowledgedUnheard } from './acknowledged-unheard';
import { called, nextMs, operated, told } from './traces.testing';

const transfer = 'ReplicationService.transfer';
const made = (): TraceEvent => ({
  ...{ t: nextMs(), node: 'vs', type: 'view', viewnum: 2 },
  primary: 's1',
  backup: 's2',
});
const write = () =>
  operated(['c1', 1], 's1', { op: 'put', key: 'k', value: 'v' }, () => [], {
    reply: { value: null },
  });
const ping = (server: string, viewnum: number) =>
  called(
    server,
    'vs',
    'ViewService.ping',
    { server, viewnum },
    { reply: { viewnum, primary: 's1', backup: 's2' } },
  );
const refused = { error: { code: 'wrong-view' } };

test.each<[string, () => TraceEvent[], RegExp]>([
  ['nothing was sent', () => [], /it had sent its backup s2 nothing\./],
  [
    'a message got lost',
    () => called('s1', 's2', transfer, {}, {}).slice(0, 1),
    /it had sent its backup s2 one message without an answer\./,
  ],
])('it is proven when %s', (_, meanwhile, words) => {
  const trace = [
    ...write(),
    made(),
    ...told('s1', 2, 's1', 's2'),
    ...meanwhile(),
    ...ping('s1', 2),
  ];
  expect(acknowledgedUnheard(trace)).toMatchObject({
    breach: 'a view is acknowledged when the backup has the state',
    remedy: expect.stringMatching(words),
  });
});

test.each<[string, () => TraceEvent[]]>([
  [
    'the backup has answered',
    () => [
      ...told('s1', 2, 's1', 's2'),
      ...called('s1', 's2', transfer, {}, { reply: {} }),
      ...ping('s1', 2),
    ],
  ],
  [
    'whatever it has answered',
    () => [
      ...told('s1', 2, 's1', 's2'),
      ...called('s1', 's2', transfer, {}, refused),
      ...ping('s1', 2),
    ],
  ],
  [
    'the backup has asked',
    () => [
      ...told('s1', 2, 's1', 's2'),
      ...called('s2', 's1', transfer, {}, { reply: {} }),
      ...ping('s1', 2),
    ],
  ],
  ['the view has no backup', () => [...told('s1', 2, 's1', null), ...ping('s1', 2)]],
  ['it is the backup who pings', () => [...told('s2', 2, 's1', 's2'), ...ping('s2', 2)]],
  ['it is an older number', () => [...told('s1', 2, 's1', 's2'), ...ping('s1', 1)]],
])('nothing is proven when %s', (_, trace) => {
  expect(acknowledgedUnheard([...write(), made(), ...trace()])).toBeUndefined();
});

test('nothing is proven where the trace begins later than the view', () => {
  const trace = [...write(), ...told('s1', 2, 's1', 's2'), ...ping('s1', 2)];
  expect(acknowledgedUnheard(trace)).toBeUndefined();
});

test('nothing is proven where nobody writes', () => {
  expect(
    acknowledgedUnheard([made(), ...told('s1', 2, 's1', 's2'), ...ping('s1', 2)]),
  ).toBeUndefined();
});
