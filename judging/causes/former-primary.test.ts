/** A former primary that answers with the consent of a server which knows better: what proves it, and what does not. */
import type { TraceEvent } from '../../runtime/trace';
import { consentToFormerPrimary } from './former-primary';

type Body = Readonly<Record<string, unknown>>;

let t = 0;
let ids = 0;

function sent(
  kind: 'request' | 'response',
  from: string,
  to: string,
  id: number,
  call: string,
  body: Body,
): TraceEvent[] {
  const message = { kind, id, from, to, call, body } as const;
  return [
    { t: t++, node: from, type: 'send', ...message },
    { t: t++, node: to, type: 'deliver', ...message },
  ];
}

function called(from: string, to: string, call: string, args: Body, answer: Body): TraceEvent[] {
  const id = ids++;
  return [
    ...sent('request', from, to, id, call, args),
    ...sent('response', to, from, id, call, answer),
  ];
}

const told = (server: string, viewnum: number, primary: string, backup: string) =>
  called(
    server,
    'vs',
    'ViewService.ping',
    { server, viewnum: 0 },
    { reply: { viewnum, primary, backup } },
  );

const ok = { reply: {} };
const refused = { error: { code: 'wrong-view', message: 'no' } };
const forward = (answer: Body, args: Body = { viewnum: 2, requests: [1] }) =>
  called('s1', 's2', 'ReplicationService.forward', args, answer);

/** A client asks s1, which asks somebody else before it answers. */
function operated(meanwhile: () => TraceEvent[]): TraceEvent[] {
  const id = ids++;
  const body = { client: 'c', seq: 1, operation: { op: 'get', key: 'k' } };
  return [
    ...sent('request', 'c1', 's1', id, 'PbService.operate', body),
    ...meanwhile(),
    ...sent('response', 's1', 'c1', id, 'PbService.operate', { reply: { value: 'old' } }),
  ];
}

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
      { t: t++, node: 's2', type: 'start' } as const,
      ...operated(() => forward(ok)),
    ],
  ],
])('nothing is proven when %s', (_, trace) => {
  expect(consentToFormerPrimary(trace())).toBeUndefined();
});
