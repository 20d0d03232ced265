/** Messages that arrive in another order than they were sent in, or in another time: cases B21, B23, B33, B34. */

import { finishMs } from '../../worlds/timing';
import type { LabClerk } from '../primary-backup/clerk';
import type { Lab } from '../primary-backup/lab';
import { scenario } from './scenario';
import { expectState, writeState } from './state';

/** Of a put it would not show any more what was lost before it. */
const ops = ['get', 'append', 'append'] as const;

/** A server lives but its pings are lost, until the view service has made a view without it. */
async function deposed(lab: Lab, server: string): Promise<void> {
  const before = lab.view;
  lab.cut(server, lab.viewService);
  await lab.untilView({ after: before });
}

scenario(
  'B21a',
  'a forward from an old view arrives after the view changed, at a server that is primary or idle by now',
  {
    clauses: ['R9'],
    points: 1,
    rule: 'A backup accepts forwarded operations only from the primary of its own view; whoever is not backup accepts none.',
    why: 'The old primary takes the acceptance for the consent of its backup and tells its client that the write is done. The servers of the new view do not have it.',
    hint: 'Whom may a server that is primary, or idle, accept forwarded operations from? How does it learn in which view a forward was sent?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(4);
    const [stranded, clerk] = [lab.clerk(), lab.clerk()];
    await stranded.append('x', 'first,');
    const release = lab.hold({ from: s1, to: s2 });
    lab.keepTo(stranded, s1);
    const late = lab.meanwhile(stranded.append('x', 'late,'));
    await lab.moment(1_000);
    await deposed(lab, s1);
    await clerk.append('x', 'second,');
    if (lab.pick(['primary', 'idle']) === 'idle') {
      await deposed(lab, s2);
      lab.mend(s2, lab.viewService);
      await clerk.append('x', 'third,');
      await lab.pings(3);
    }
    release();
    for (const value of ['fourth,', 'fifth,']) {
      await lab.moment(900);
      await clerk.append('x', value);
      await clerk.get('x');
    }
    await lab.untilPair();
    await lab.failOver();
    await clerk.get('x');
    await lab.healAndFinish(late);
    await lab.readAll(['x']);
  },
);

scenario(
  'B21b',
  'a state transfer from an old view arrives after the view changed: it is refused',
  {
    clauses: ['R9', 'R12', 'R13'],
    points: 1,
    rule: 'A message of an older view says nothing about the present one, and a replica refuses it.',
    why: 'A server that obeys an old state transfer goes back in time: writes that were acknowledged since are gone.',
    hint: 'Compare the number of the view in which the state was sent with the number of your own, for each of its pieces. What a server had before it became backup is not to be kept.',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    const longest = lab.pick([10, 300_000, 300_000]);
    await writeState(lab, longest);
    await lab.finish(lab.workload({ clerks: 2, operations: 3, ops }));
    const s2 = lab.startReplica();
    // From the first message on, or from a later one if the state goes in pieces.
    if (longest > 10 && lab.pick([false, true, true])) await lab.untilTheyTalk(s1, s2);
    const release = lab.hold({ from: s1, to: s2 }, lab.between(1, 3));
    await lab.untilView({ primary: s1, backup: s2 }, finishMs);
    await lab.finish(lab.workload({ clerks: 2, operations: 3, ops }));

    const old = lab.pick([s1, s2, s2]);
    await deposed(lab, old);
    const state = await writeState(lab, longest);
    await lab.finish(lab.workload({ clerks: 2, operations: 3, ops }));
    const { primary } = lab;
    lab.mend(old, lab.viewService);
    await lab.untilProposed({ backup: old });
    // Before the transfer that initialises the backup of the new view, in its middle, or after it.
    const when = lab.pick(['in its middle', 'in its middle', 'some time']);
    if (when === 'in its middle') await lab.untilTheyTalk(primary, old);
    const released = lab.moment(when === 'in its middle' ? 6 : 300).then(release);
    await lab.untilView({ backup: old }, finishMs);
    const work = lab.workload({ clerks: 3, operations: 4, ops });
    await released;
    await lab.finish(work);
    await lab.failOver();
    await expectState(lab, state);
    await lab.readAll(['a', 'b']);
  },
);

scenario(
  'B23',
  'messages between primary and backup overtake each other: both stay equal',
  {
    clauses: ['R7', 'R13'],
    points: 1,
    rule: 'The backup applies operations in the order in which the primary applies them, whatever the network does to messages.',
    why: 'Two appends in one order here and in the other there: after a failover users read something else than before.',
    hint: 'If several forwards are on their way at once, what tells the backup which comes first? If one is, what makes the next one wait?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    if (lab.pick([false, false, true])) lab.storm();
    const jumbling = Promise.all([lab.jumble(s1, s2, 400), lab.jumble(s2, s1, 400)]);
    // Nothing but appends: of a put it would not show any more what came before it.
    const appends = async (clerk: LabClerk) => {
      for (let i = 0; i < 5; i += 1) {
        await lab.moment(10);
        await clerk.append('a', `${lab.freshValue()},`);
      }
    };
    const clerks = Array.from({ length: 5 }, () => lab.clerk());
    await lab.finishUnderFaults(Promise.all([...clerks.map(appends), jumbling]));
    await lab.readAll(['a']);
    await lab.untilPair();
    await lab.failOver();
    await lab.readAll(['a']);
  },
);

scenario(
  'B33',
  "the reply to one forward is lost, and another client's operation comes next: both stay equal",
  {
    clauses: ['R13'],
    points: 1,
    rule: 'While the primary does not know whether the backup has applied an operation, it applies no other.',
    why: 'The backup has applied the first operation, the primary has not, and applies the second before it: from then on they differ.',
    hint: 'What does the primary do with an operation whose forward ended in a time-out? What may happen to other operations until that is settled?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const [one, other] = [lab.clerk(), lab.clerk()];
    for (const key of ['a', 'b', 'c']) {
      lab.dropNext({ from: s2, to: s1, kind: 'response' });
      const first = one.append(key, lab.freshValue());
      await lab.moment(lab.pick([4, 600]));
      const second = other.append(key, lab.freshValue());
      await lab.finish(Promise.all([first, second]));
      await lab.readAll([key]);
    }
    await lab.untilPair();
    await lab.failOver();
    await lab.readAll(['a', 'b', 'c']);
  },
);

scenario(
  'B34',
  'views (s1,s2), (s2,s3), (s3,s2): a forward of the first reaches its backup, which is a backup again',
  {
    clauses: ['R9', 'R12'],
    points: 1,
    rule: 'A backup refuses a forward unless its view number is that of its own view: to be backup, in some view, is not enough.',
    why: 'A primary that was cut off two views ago gets the consent of its old backup, and answers clients from a state that nobody else shares.',
    hint: 'Whoever forwards says in which view. What else than this number could tell the forwards of two primaries apart?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const [stranded, clerk] = [lab.clerk(), lab.clerk()];
    await stranded.append('x', 'first,');
    const release = lab.hold({ from: s1, to: s2 });
    lab.cut(s1, lab.viewService);
    lab.keepTo(stranded, s1);
    const late = lab.meanwhile(stranded.append('x', 'late,'));
    await lab.untilView({ primary: s2, backup: s3 });
    await clerk.append('x', 'second,');
    await deposed(lab, s2);
    await clerk.append('x', 'third,');
    lab.mend(s2, lab.viewService);
    await lab.untilView({ primary: s3, backup: s2 });
    release();
    // Long enough for whatever the old primary repeats, between operations of the new one.
    for (const value of ['fourth,', 'fifth,', 'sixth,']) {
      await lab.moment(700);
      await clerk.append('x', value);
      await clerk.get('x');
    }
    await lab.healAndFinish(late);
    await lab.untilPair();
    await lab.failOver();
    await lab.readAll(['x']);
  },
);
