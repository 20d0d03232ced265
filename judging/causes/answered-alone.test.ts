/** A primary that answers without a word of its backup is told with what it had sent. */
import type { TraceEvent } from '../../runtime/trace';
import { answeredAlone } from './answered-alone';
import { called, nextId, operated, sent, told } from './traces.testing';

const write = { op: 'put', key: 'k', value: 'v' };
const acknowledged = () => [
  ...told('s1', 2, 's1', 's2'),
  ...called('s1', 'vs', 'ViewService.ping', { server: 's1', viewnum: 2 }, {}),
];
const answered = (meanwhile: () => TraceEvent[]) => [
  ...acknowledged(),
  ...operated(['c1', 1], 's1', write, meanwhile, { reply: { value: null } }),
];
const lost = () => sent('request', 's1', 's2', nextId(), 'ReplicationService.forward', {}, 'drop');

test.each<[string, () => TraceEvent[], RegExp]>([
  ['nothing', () => [], /It had sent s2, its backup, nothing: /],
  [
    'a forward that got lost',
    lost,
    /Its forward to s2, sent at 7 ms, was still without an answer: /,
  ],
])('it had sent %s, also when all happens at one moment', (_, meanwhile, words) => {
  const trace = answered(meanwhile).map((event) => ({ ...event, t: 7 }));
  expect(answeredAlone(trace)?.remedy).toMatch(words);
});

test('of several the one that is cited', () => {
  const other = { op: 'put', key: 'other', value: 'v' };
  const trace = [
    ...answered(() => []),
    ...operated(['c2', 1], 's1', other, () => [], { reply: { value: null } }),
  ];
  const cited = [{ process: 'c2', operation: { ...other }, calledAtMs: 0 }];
  expect(answeredAlone(trace)?.remedy).toContain('put("k", "v")');
  expect(answeredAlone(trace, cited)?.remedy).toContain('put("other", "v")');
});
