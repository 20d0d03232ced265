import * as rules from '../viewservice/rules';
import {
  type Agreement,
  census,
  decode,
  encode,
  report,
  type SessionMember,
  viewOf,
} from './agreement';

const member = (server: string, incarnation = 1, session = incarnation): SessionMember => ({
  server,
  incarnation: `${server}-incarnation-${incarnation}`,
  session: `${server}-session-${session}`,
});
const [s1, s2, s3] = [member('s1'), member('s2'), member('s3')];

/** What comes of reports, one after the other, each from a member with a view number. */
function after(
  reports: readonly (readonly [SessionMember, number])[],
  start?: Agreement,
): Agreement {
  const end = reports.reduce<Agreement | undefined>(
    (agreement, [who, viewnum]) => report(rules, agreement, who, viewnum),
    start,
  );
  return end as Agreement;
}

const sessions = (...members: SessionMember[]) => new Set(members.map(({ session }) => session));

/** View 2, acknowledged: s1 is primary, s2 its backup, s3 idle. */
const pair = after([
  [s1, 0],
  [s1, 1],
  [s2, 0],
  [s1, 2],
  [s2, 2],
  [s3, 0],
]);

test('reports make the views that pings make', () => {
  expect(viewOf(pair)).toEqual({ viewnum: 2, primary: 's1', backup: 's2' });
  expect(pair.state.acknowledged).toBe(true);
  expect(pair.members).toEqual([s1, s2, s3]);
});

test('a report that brings nothing new changes nothing, so that nothing need be written', () => {
  expect(encode(after([[s1, 2]], pair))).toBe(encode(pair));
  expect(census(rules, pair, sessions(s1, s2, s3))).toBe(pair);
});

test('a primary whose session has ended is replaced and forgotten', () => {
  const next = census(rules, pair, sessions(s2, s3));
  expect(viewOf(next)).toEqual({ viewnum: 3, primary: 's2', backup: 's3' });
  expect(next.members).toEqual([s2, s3]);
  expect(next.state.servers.map(({ server }) => server)).toEqual(['s2', 's3']);
});

test('who was replaced comes back as a newcomer, with nothing', () => {
  const next = after([[member('s1', 2), 0]], census(rules, pair, sessions(s2, s3)));
  expect(viewOf(next).primary).toBe('s2');
  expect(next.members.map(({ server }) => server)).toEqual(['s2', 's3', 's1']);
});

test('a member that nobody can replace keeps its place, and goes on with a new session', () => {
  const nobody = census(rules, pair, sessions());
  expect(viewOf(nobody)).toEqual(viewOf(pair));
  expect(nobody.members).toEqual([s1, s2].map((one) => ({ ...one, gone: true })));
  expect(census(rules, nobody, sessions())).toBe(nobody);
  const back = after([[member('s1', 1, 2), 2]], nobody);
  // Its old backup has not come back yet, and must get the state anew when it does.
  expect(viewOf(back)).toEqual({ viewnum: 3, primary: 's1', backup: null });
  expect(back.members[0]?.session).toBe('s1-session-2');
});

test('no view is made before the acknowledgement, whoever is gone', () => {
  const unacknowledged = census(rules, pair, sessions(s2, s3));
  expect(viewOf(census(rules, unacknowledged, sessions(s3)))).toEqual(viewOf(unacknowledged));
});

test('a new incarnation of a member is a restart, whatever number it names', () => {
  const next = after([[member('s1', 2), 2]], pair);
  expect(viewOf(next)).toEqual({ viewnum: 3, primary: 's2', backup: 's3' });
});

test('what is written can be read again', () => {
  expect(decode(encode(pair))).toEqual(pair);
  expect(decode(null)).toBeUndefined();
});

test.each(['', 'hello', '{"view":1}', '[]'])('%j in the key is refused', (text) => {
  expect(() => decode(text)).toThrow(/^expected the state of a viewlab cluster, got/);
});
