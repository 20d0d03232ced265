/** The backup of a new view is given the state: cases B19, B20, B22 and B29. */
import type { Address } from '../../runtime/node';
import { finishMs } from '../../worlds/timing';
import { scenario } from './scenario';
import { expectState, writeState } from './state';

/** Of a put it would not show any more what was lost before it. */
const ops = ['get', 'append', 'append'] as const;

scenario(
  'B19',
  'the view is not acknowledged before the backup is initialised',
  {
    clauses: ['R2', 'R1', 'R12'],
    points: 1,
    rule: 'On a view change with a new backup the primary sends its full state before it acknowledges the view.',
    why: 'The acknowledgement allows the view service to promote the backup. If the backup has no state yet, all data is lost with the next crash.',
    hint: 'To ping with the number of a view means to acknowledge it. The primary must ping with an older number until the backup has confirmed the last piece of the state: also when a try has failed, and at a tick that comes meanwhile.',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    const state = await writeState(lab);
    const s2 = lab.startReplica();
    const [from, to] = lab.pick([
      [s1, s2],
      [s2, s1],
    ] as const);
    lab.cutOneWay(from, to);
    const view = await lab.untilProposed({ primary: s1, backup: s2 });
    for (let pings = lab.between(5, 25); pings > 0; pings -= 1) {
      await lab.pings(1);
      lab.expect(
        lab.world.latestAcknowledged() < view.viewnum,
        `${s1} not to acknowledge view ${view.viewnum}: nothing gets from ${from} to ${to}, so it cannot know that ${s2} has the state`,
        `${s1} pinged with ${view.viewnum}`,
      );
    }
    lab.mend(s1, s2);
    await lab.untilView({ primary: s1, backup: s2 }, finishMs);
    await lab.failOver();
    await expectState(lab, state);
  },
);

scenario(
  'B20',
  'operations that arrive during a state transfer are neither lost nor applied twice',
  {
    clauses: ['R12', 'R7'],
    points: 1,
    seeds: 20,
    rule: 'Each operation is either part of the state that is sent, or forwarded after it: never neither, and never both.',
    why: 'An operation that is answered after the state was copied and not forwarded is known to the primary alone, and gone when it dies.',
    hint: 'What happens to an operation between the moment when the state is copied and the moment when the backup has it? Does the copy contain the duplicate table of the same moment?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    const work = lab.meanwhile(lab.workload({ clerks: 4, operations: 8, ops, maxPauseMs: 60 }));
    await lab.moment(100);
    const s2 = lab.startReplica();
    const release = lab.holdBetween(s1, s2);
    await lab.untilProposed({ primary: s1, backup: s2 });
    await lab.untilTheyTalk(s1, s2);
    await lab.moment(lab.pick([20, 200, 1_200]));
    release();
    await lab.untilView({ primary: s1, backup: s2 }, finishMs);
    await lab.moment(60);
    // What got its answer is at the backup, in the middle of the work and at its end.
    if (lab.pick([false, true])) await lab.finish(work);
    await lab.failOver();
    await lab.finish(work);
    await lab.readAll(['a', 'b']);
  },
);

scenario(
  'B20b',
  'the backup of the view before confirms a forward when the state is on its way to the next backup',
  {
    clauses: ['R11'],
    points: 1,
    rule: 'An operation is done when the backup of the present view has it; what the backup of an earlier view has does not count.',
    why: 'The client is told that its write is done, but the new backup got the state without it, and when the primary dies it is gone.',
    hint: 'The view may change while you wait for the reply to a forward. Look at it again after the wait: is it still the view in which the forward was sent? And what does the end of that wait do to the work of the new view?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const state = await writeState(lab);
    const before = lab.view;
    const clerk = lab.clerk();
    lab.cut(s2, lab.viewService);
    await lab.moment(400);
    const release = lab.hold({ from: s2, to: s1 });
    const late = lab.meanwhile(clerk.append('late', 'once,'));
    await lab.untilProposed({ primary: s1, backup: s3, after: before });
    await lab.untilTheyTalk(s1, s3);
    const during = lab.pick(['the transfer', 'the transfer', 'the next forward']);
    const others: Promise<unknown>[] = [];
    if (during === 'the transfer') {
      if (lab.pick([false, true])) await lab.moment(5);
      release();
      await lab.untilView({ primary: s1, backup: s3 }, finishMs);
    } else {
      await lab.untilView({ primary: s1, backup: s3 }, finishMs);
      const releaseNext = lab.holdBetween(s1, s3);
      const one = async () => {
        await lab.moment(600);
        await lab.clerk().append('other', `${lab.freshValue()},`);
      };
      // Some come before what is left of the view before has ended, by its reply or its time-out.
      for (let i = 0; i < 8; i += 1) others.push(lab.meanwhile(one()));
      await lab.moment(300);
      release();
      await lab.sleep(500);
      releaseNext();
    }
    await lab.finish(Promise.all([late, ...others]));
    await lab.failOver();
    await expectState(lab, new Map([...state, ['late', 'once,']]));
    await lab.readAll(['late', 'other']);
  },
);

scenario(
  'B22',
  'a late piece of a state transfer does not overwrite newer state',
  {
    clauses: ['R13'],
    points: 1,
    rule: 'A backup takes over the state of its view once; the network may deliver the same message again at any later time.',
    why: 'The first copy of a state transfer, long repeated and confirmed, arrives after all, and a backup that obeys it forgets every write since.',
    hint: 'The backup must know when it is initialised in this view, and what it does then with another copy of the state, or of a piece of it.',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    await lab.finish(lab.workload({ clerks: 2, operations: 3, ops }));
    const s2 = lab.startReplica();
    const release = lab.hold({ from: s1, to: s2 }, lab.between(1, 3));
    await lab.untilView({ primary: s1, backup: s2 }, finishMs);
    await lab.finish(lab.workload({ clerks: 2, operations: 4, ops }));
    const work = lab.meanwhile(lab.workload({ clerks: 3, operations: 6, ops }));
    await lab.moment(100);
    release();
    if (lab.pick([false, true])) await lab.finish(work);
    else await lab.moment(50);
    await lab.failOver();
    await lab.finish(work);
    await lab.readAll(['a', 'b']);
  },
);

scenario(
  'B22b',
  'the reply to the last message of a state transfer is lost: the transfer comes to its end',
  {
    clauses: ['R17', 'R13'],
    points: 1,
    seeds: 8,
    rule: 'What failed is tried again; a backup that has taken a message already, the last one too, says so when it comes again.',
    why: 'The backup has everything and says so, and that one word gets lost. If the next try starts over, and is refused because the backup has everything, the view is never acknowledged and nobody is served.',
    hint: 'The primary sends the last piece again, to a backup that holds the state by now. What does it answer to a piece that is not the first?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    const state = await writeState(lab, lab.pick([10, 300_000, 300_000]));
    const requests = (from: Address, to: Address) => lab.world.requestsSent({ from, to });
    // How many messages it takes shows with another backup, which nobody disturbs.
    const s2 = lab.startReplica();
    await lab.untilView({ primary: s1, backup: s2 }, finishMs);
    const [sent, fetched] = [requests(s1, s2), requests(s2, s1)];
    await lab.crash(s2);
    await lab.untilView({ primary: s1, backup: null });

    const s3 = lab.startReplica();
    const before = lab.pick([0, 0, 0, 1]);
    const isLast = () => requests(s1, s3) >= sent - before && requests(s3, s1) >= fetched - before;
    await lab.world.until(isLast, finishMs);
    for (const [from, to] of [
      [s1, s3],
      [s3, s1],
    ] as const) {
      lab.dropNext({ from, to, kind: 'response' }, lab.between(1, 2));
    }
    await lab.untilView({ primary: s1, backup: s3 }, finishMs);
    lab.heal();
    await lab.failOver();
    await expectState(lab, state);
  },
);

scenario(
  'B29',
  'twenty megabytes wait for the backup, then are given to the next one, which restarts, and pings go on',
  {
    clauses: ['R15', 'R10', 'R12', 'R17'],
    points: 1,
    seeds: 2,
    rule: 'However large the state and all that waits, and however slow the way to the backup, the primary goes on pinging, clients wait, and everything goes on afterwards. No message is longer than 16 MiB. A backup that restarts in the middle is given the state from the start.',
    why: 'Data grows. A primary that falls silent while it copies its state is taken for dead just when its backup is not ready.',
    hint: 'Sending the state is one thing that the server waits for among others: pings must not queue up behind it. What does the primary do when its backup has lost the pieces before? And how long can a message of yours become: a piece of the state, and a forward when many large writes wait?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    const s2 = lab.startReplica();
    lab.cut(s1, s2);
    await lab.untilProposed({ primary: s1, backup: s2 });
    await lab.pings(2);
    const bigValues = 10;
    // What counts is bytes: of Chinese a code unit has three.
    const textOf = (i: number) => (i % 3 === 0 ? 'abcdefghij' : '一二三四五六七八九十');
    const bigValue = (i: number) => `${i}:`.padEnd(1_000_000, textOf(i));
    const writes = Array.from({ length: bigValues }, (_, i) =>
      lab.clerk().put(`big${i}`, bigValue(i)),
    );
    const written = lab.meanwhile(Promise.all(writes));
    await lab.moment(50);
    lab.mend(s1, s2);
    await lab.finish(written);

    await lab.untilPair();
    await lab.crash(s2);
    const s3 = lab.startReplica();
    lab.cut(s1, s3);
    const view = await lab.untilProposed({ primary: s1, backup: s3 });
    const work = lab.meanwhile(lab.workload({ clerks: 3, operations: 3, ops }));
    await lab.expectPings(s1, 800, `it cannot reach its backup ${s3}`);
    lab.mend(s1, s3);
    const allBytes = () =>
      lab.world.bytesSent({ from: s1, to: s3 }) + lab.world.bytesSent({ from: s3, to: s1 });
    const lost = allBytes();
    const bytes = () => allBytes() - lost;
    await lab.world.until(() => bytes() > 5e6, 2_000);
    // What it has got is gone, and there is more to send than any piece has.
    await lab.crash(s3);
    lab.restart(s3);
    const isGiven = () => lab.world.latestAcknowledged() >= view.viewnum;
    const most = 1e8;
    // How long a call waits for its reply is free: two seconds, in two designs.
    const silenceMs = 5_000;
    for (let before = -1; !isGiven(); before = bytes()) {
      lab.expect(
        before < bytes() && bytes() < most,
        `${s1} and ${s3} to send each other the state, in messages of 16 MiB at most, until ${s3}, which has restarted, has it`,
        bytes() >= most
          ? `they have sent each other ${(bytes() / 1e6).toFixed(0)} million characters, and the state has ten`
          : `they have sent each other nothing for ${silenceMs / 1_000} s, after ${(before / 1e6).toFixed(1)} million characters`,
        'stuck after heal',
      );
      await lab.world.until(() => isGiven() || bytes() >= most, silenceMs);
    }
    await lab.untilView({ primary: s1, backup: s3 }, finishMs);
    await lab.finish(work);
    await lab.failOver();
    const clerk = lab.clerk();
    for (const i of [0, lab.between(1, bigValues - 2), bigValues - 1])
      await clerk.expectGet(`big${i}`, bigValue(i));
    await lab.readAll(['a', 'b']);
  },
);

scenario(
  'B29b',
  'the way to the backup is slow: a state transfer lasts for many pings, and comes to its end',
  {
    clauses: ['R17'],
    points: 1,
    seeds: 6,
    rule: 'A state transfer goes on while the view lasts, however many pings are answered meanwhile with that same view.',
    why: 'A transfer that is begun anew again and again never ends once the data is large or the network slow: from then on there is no backup, and clients wait.',
    hint: 'What does the primary do when a ping is answered with the view that it knows already, and its transfer in that view is still under way?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    const state = await writeState(lab, 300_000);
    const clerk = lab.clerk();
    const bigValue = (i: number) => `${i}:`.padEnd(300_000, 'abcdefghij');
    for (let i = 0; i < 3; i += 1) await clerk.put(`big${i}`, bigValue(i));
    const s2 = lab.startReplica();
    const slowMs = 60;
    const bytes = () =>
      lab.world.bytesSent({ from: s1, to: s2 }) + lab.world.bytesSent({ from: s2, to: s1 });
    const fast = lab.slowDown(s1, s2, slowMs);
    const view = await lab.untilProposed({ primary: s1, backup: s2 });
    const done = await lab.world.until(
      () => lab.world.latestAcknowledged() === view.viewnum,
      finishMs,
    );
    lab.expect(
      done,
      `${s1} to have given its backup ${s2} the state, 1.2 MB, within ${finishMs} ms, as each message between them takes at most ${slowMs} ms`,
      `view ${view.viewnum} is not acknowledged, and they have sent each other ${(bytes() / 1e6).toFixed(1)} MB`,
      'stuck after heal',
    );
    fast();
    await lab.failOver();
    await expectState(lab, state);
    for (let i = 0; i < 3; i += 1) await clerk.expectGet(`big${i}`, bigValue(i));
  },
);
