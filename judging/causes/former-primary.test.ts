/** A former primary that answers with the consent of a server which knows better: what proves it, and what does not. */
import type { TraceEvent } from '../../runtime/trace';
import { consentToFormerPrimary } from './former-primary';
import { type Body, called, nextMs, operated as operatedBy, told } from './traces.testing';

const ok = { reply: {} };
const refused = { error: { code: 'wrong-view', message: 'no' } };
const forward = (answer: Body, args: Body = { viewnum: 2, requests: [1] }) =>
  called('s1', 's2', 'ReplicationService.forward', args, answer);

/** A client asks s1, which asks somebody else before it answers. */
const operated = (meanwhile: () => TraceEvent[]) =>
  operatedBy(['c1', 1], 's1', { op: 'get', key: 'k' }, meanwhile, { reply: { value: 'old' } });

const pair = () => [...told('s1', 2, 's1', 's2'), ...told('s2', 2, 's1', 's2')];
const later = () => told('s2', 4, 's3', 's2');

test('it is proven, with who said yes in which view, and what was answered on that', () => {
  const trace = [...pair(), ...later(), ...operated(() => forward(ok))];
  expect(consentToFormerPrimary(trace)).toMatchObject({
    breach: 'a backup obeys the primary of its own view',
    remedy: expect.stringMatching(
      /^s2, backup of s3 in view 4, said yes at [\d.]+ ms to a message of s1, which knew no newer view than 2; on that s1 answered get\("k"\) at /,
    ),
  });
});

test.each<[string, () => TraceEvent[]]>([
  ['it is the view of both', () => [...pair(), ...operated(() => forward(ok))]],
  ['it was refused', () => [...pair(), ...later(), ...operated(() => forward(refused))]],
  [
    'it was agreed to before, in its own view',
    () => [...pair(), ...forward(ok), ...later(), ...operated(() => forward(ok))],
  ],
  [
    'the sender speaks of a newer view',
    () => [...pair(), ...later(), ...operated(() => forward(ok, { viewnum: 5, requests: [1] }))],
  ],
  [
    'the sender is primary of the later view, too',
    () => [...pair(), ...told('s2', 4, 's1', 's2'), ...operated(() => forward(ok))],
  ],
  [
    'somebody else said yes after that',
    () => [
      ...pair(),
      ...later(),
      ...operated(() => [
        ...forward(ok),
        ...called('s1', 's4', 'ReplicationService.forward', { viewnum: 2 }, ok),
      ]),
    ],
  ],
  [
    'the former primary has learned of a later view',
    () => [
      ...pair(),
      ...later(),
      ...operated(() => [...forward(ok), ...told('s1', 6, 's1', 's2')]),
    ],
  ],
  [
    'the receiver has restarted, and knows no view',
    () => [
      ...pair(),
      ...later(),
      { t: nextMs(), node: 's2', type: 'start' } as const,
      ...operated(() => forward(ok)),
    ],
  ],
])('nothing is proven when %s', (_, trace) => {
  expect(consentToFormerPrimary(trace())).toBeUndefined();
});
