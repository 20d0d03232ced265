/** Clients retry, messages get lost and come twice: each operation still takes effect once. */
import { maxValueLength } from '../../pbservice/api';
import type { Address } from '../../runtime/node';
import type { LabClerk } from '../primary-backup/clerk';
import type { Lab } from '../primary-backup/lab';
import { anybody } from '../primary-backup/members';
import { scenario } from './scenario';

/** An operation that shows when it was done twice, or when its answer was made up. */
function tellingOperation(lab: Lab, clerk: LabClerk, key: string): Promise<unknown> {
  const value = `${lab.freshValue()},`;
  return lab.pick([true, true, false]) ? clerk.append(key, value) : clerk.putHash(key, value);
}

/** Something happens to the next messages between a client and a server. */
function disturb(lab: Lab, client: Address, server: Address): void {
  const request = { from: client, to: server, kind: 'request' } as const;
  const reply = { from: server, to: client, kind: 'response' } as const;
  const disturbances = [
    () => lab.dropNext(reply, lab.between(1, 2)),
    () => lab.dropNext(request),
    () => lab.duplicateNext(request, 2),
    () => lab.duplicateNext(reply),
  ];
  lab.pick(disturbances)();
}

/** As long as a value may be. */
const longest = 'x'.repeat(maxValueLength);

scenario(
  'B9a',
  'replies are lost and requests come twice: each operation takes effect once',
  {
    clauses: ['S1', 'S2', 'C1', 'C3', 'R14'],
    points: 1,
    rule: 'Clients number their operations and retry for ever, and each takes effect at most once.',
    why: 'A client that gets no reply cannot know whether its operation was done. If trying again does it again, an account is charged twice.',
    hint: 'A retry carries the same client and the same number as the first try. What does the server answer when it has done that operation already? And when it has refused it?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(2);
    const clerk = lab.clerk();
    await clerk.put('k', 'begun,');
    const ops = ['append', 'get'] as const;
    const load = lab.meanwhile(lab.workload({ clerks: 1, operations: 5, keys: ['k'], ops }));
    lab.dropNext({ from: s1, to: clerk.name, kind: 'response' });
    for (let i = 0; i < 4; i += 1) {
      await lab.finish(tellingOperation(lab, clerk, 'k'));
      disturb(lab, clerk.name, s1);
    }
    lab.heal();
    await lab.finish(load);
    await lab.readAll(['k']);

    if (lab.between(1, 3) > 1) return;
    // A refusal is an answer like any other: asked for again, the same is refused again.
    await clerk.put('long', longest);
    lab.dropNext({ from: s1, to: clerk.name, kind: 'response' });
    await clerk.expectTooLong({ op: 'append', key: 'long', value: 'more' });
    await clerk.expectGet('long', longest);
  },
);

scenario(
  'B9b',
  'a reply is lost and the primary dies: the retry at the new primary does nothing twice',
  {
    clauses: ['S1', 'R4', 'R14'],
    points: 1,
    rule: 'Each forwarded operation updates the duplicate table of the backup too, with its result.',
    why: 'A failover is when clients retry most. The new primary must know what the old one has done, and what it answered.',
    hint: 'The retry reaches the former backup. How does it know the number of the operation, and what does it answer to a putHash?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const clerk = lab.clerk();
    await clerk.put('mine', 'begun,');
    const load = lab.meanwhile(lab.workload({ clerks: 1, operations: 4, keys: ['k'] }));
    // The reply gets lost on its way to the client, or that of the backup to the primary, or the
    // operation has not even reached the backup when the client tries again.
    const [from, to] = lab.pick([
      [s1, clerk.name],
      [s2, s1],
      [s1, s2],
    ] as const);
    lab.cutOneWay(from, to);
    const retried = lab.meanwhile(tellingOperation(lab, clerk, 'mine'));
    await lab.sleep(from === s1 && to === s2 ? lab.between(600, 2_000) : lab.between(0, 600));
    await lab.crash(s1);
    await lab.finish(Promise.all([load, retried]));
    await lab.readAll(['mine', 'k']);
  },
);

scenario(
  'B9c',
  'the reply is lost and another backup is initialised: it knows what has been done',
  {
    clauses: ['S1', 'R12'],
    points: 1,
    rule: 'The full state that a new backup gets includes the duplicate table.',
    why: 'Between a client’s first try and its last one, every server that saw the first try may have been replaced.',
    hint: 'Look at what goes into a state transfer. What does the new backup answer to an operation that was done before it joined?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const clerk = lab.clerk();
    await clerk.put('mine', 'begun,');
    lab.cutOneWay(s1, clerk.name);
    const retried = lab.meanwhile(tellingOperation(lab, clerk, 'mine'));
    // Time for it to be done, or not quite.
    await lab.moment(200);
    await lab.crash(s2);
    await lab.untilView({ primary: s1, backup: s3 });
    await lab.finish(lab.workload({ clerks: 1, operations: 2, keys: ['k'] }));
    await lab.crash(s1);
    await lab.finish(retried);
    await lab.readAll(['mine', 'k']);
  },
);

scenario(
  'B9d',
  'a request turns up when its client has long gone on: it changes nothing',
  {
    clauses: ['S3'],
    points: 1,
    rule: 'An operation that is older than what its client has done since is a late copy, and takes no effect.',
    why: 'Networks deliver late. A put from a minute ago must not undo what the same client wrote after it.',
    hint: 'Does the duplicate table recognise only the very last operation of a client, or also the ones before it?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const clerk = lab.clerk();
    await clerk.put('k', 'begun,');
    const letGo = lab.hold({ from: clerk.name, to: s1, kind: 'request' }, lab.between(1, 2));
    const late = [() => clerk.put('k', 'late,'), () => tellingOperation(lab, clerk, 'k')];
    await lab.finish(lab.pick(late)());
    for (let i = lab.between(1, 3); i > 0; i -= 1) {
      await lab.finish(tellingOperation(lab, clerk, 'k'));
    }
    const load = lab.meanwhile(lab.workload({ clerks: 1, operations: 2, keys: ['k'] }));
    letGo();
    await lab.finish(load);
    await lab.readAll(['k']);
    await lab.crash(s1);
    await lab.untilView({ primary: s2 });
    await lab.readAll(['k']);
  },
);

scenario(
  'B9e',
  'an application asks one clerk for several operations at once: each takes effect once',
  {
    clauses: ['C1'],
    points: 1,
    rule: 'A clerk has one operation under way at a time; what is asked for meanwhile waits for its turn.',
    why: 'Programs call the clerk from several places. If the clerk sends everything at once, a retry of the first operation looks like a late copy from before the last one, and is dropped.',
    hint: 'perform is called again before the last call has returned. The replicas remember only the last operation of each client: when may the clerk give out the next number?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(2);
    const clerk = lab.clerk();
    await clerk.put('k', 'begun,');
    for (let round = 1; round <= 3; round += 1) {
      disturb(lab, clerk.name, s1);
      // The first two are of two keys: a queue for each key would let both out.
      const more = Array.from({ length: lab.between(0, 2) }, () => lab.appendOf('k'));
      const operations = [lab.appendOf('k'), lab.appendOf('l'), ...more];
      await lab.finish(clerk.performAtOnce(operations));
    }
    lab.heal();
    await lab.readAll(['k', 'l']);
  },
);

scenario(
  'B9f',
  'what was refused is not done later, when it would fit',
  {
    clauses: ['S2', 'R6'],
    points: 1,
    seeds: 8,
    rule: 'A refusal is an outcome like any other: it is remembered with the number of the operation, forwarded and transferred, and repeated.',
    why: 'A client that is told too-large knows that nothing was written, and does something else instead. If the first copy of its request turns up later and is carried out, both have happened.',
    hint: 'What does the duplicate table keep of an operation that was refused? Does the backup learn of it, and does it stand in the state that a new backup gets?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const [clerk, other] = [lab.clerk(), lab.clerk()];
    // The first copy of a request is still on its way when the second one is refused.
    await clerk.put('a', longest);
    const letGo = lab.hold({ from: clerk.name, to: s1, kind: 'request' }, 1);
    await clerk.expectTooLong(lab.appendOf('a'));
    await other.put('a', 'short,');
    letGo();
    await lab.sleep(lab.between(5, 300));
    await lab.readAll(['a']);

    // Other copies turn up at those who have learned of the refusal from somebody else.
    await other.put('b', longest);
    const forwarded = await lab.expectTooLong(s1, lab.appendOf('b'));
    const transferred = await lab.expectTooLong(s1, lab.appendOf('b'));
    await lab.crash(s1);
    await lab.untilView({ primary: s2, backup: s3 });
    await other.put('b', 'short,');
    await lab.expectTooLongAgain(s2, forwarded);
    await lab.readAll(['b']);
    await lab.crash(s2);
    await lab.untilView({ primary: s3 });
    await lab.expectTooLongAgain(s3, transferred);
    await lab.readAll(['a', 'b']);
  },
);

scenario(
  'B10',
  'clients write the same keys at the same time: after the failover nothing has changed',
  {
    clauses: ['R7', 'C7', 'S1'],
    points: 1,
    rule: 'Primary and backup apply the same operations in the same order.',
    why: 'Two copies that took the same operations in another order are two different stores, and clients see it at the failover.',
    hint: 'What fixes the order of two operations that arrive together? Nothing may come between fixing it and applying it, on either server.',
  },
  async (lab) => {
    await lab.startReplicas(2);
    await lab.finish(lab.workload({ clerks: 5, operations: 5, maxPauseMs: 4 }));
    await lab.readAll(['a', 'b']);
    const load = lab.meanwhile(lab.workload({ clerks: 3, operations: 3, maxPauseMs: 10 }));
    await lab.moment(40);
    await lab.crashPrimary();
    await lab.finish(load);
    await lab.readAll(['a', 'b']);
  },
);

scenario(
  'B11',
  'clients write the same keys on a network that loses, delays, repeats and reorders',
  {
    clauses: ['R7', 'R13', 'S4'],
    points: 1,
    rule: 'Operations are linearizable: all clients see them in one order, each between its call and its return.',
    why: 'Real networks do all of this at once, between clients and servers and between the servers.',
    hint: 'Messages between primary and backup may come twice, late, and in another order than they were sent. How does the backup notice?',
  },
  async (lab) => {
    await lab.startReplicas(2);
    lab.storm();
    const loadAndReads = async () => {
      await lab.workload({ clerks: 4, operations: 5 });
      await lab.readAll(['a', 'b']);
    };
    await lab.finishUnderFaults(loadAndReads());
    await lab.untilPair();
    await lab.crashPrimary();
    await lab.readAll(['a', 'b']);
  },
);

/** Three servers and a load that lasts while `crashes` of them crash. */
async function underLoad(lab: Lab, crashes: (lab: Lab) => Promise<void>): Promise<void> {
  await lab.startReplicas(3);
  const load = lab.meanwhile(lab.workload({ clerks: 3, operations: 8, maxPauseMs: 400 }));
  await crashes(lab);
  await lab.healAndFinish(load);
  await lab.untilPair();
  await lab.crashPrimary();
  await lab.readAll(['a', 'b']);
}

scenario(
  'B12a',
  'servers crash and restart again and again under load',
  {
    clauses: ['R11', 'S1'],
    points: 1,
    rule: 'At each change of view the state goes along, and operations that were under way are neither lost nor done twice.',
    why: 'Servers that have been up and down many times remember things from earlier incarnations and views, and must not rely on them.',
    hint: 'Which of the things that a server remembers belong to one view only? What becomes of them, and of the operations that wait, in the next view?',
  },
  (lab) =>
    underLoad(lab, async () => {
      for (let crash = 1; crash <= 3; crash += 1) {
        const { view } = lab;
        const server = lab.pick([lab.primary, lab.backup]);
        await lab.crash(server);
        await lab.moment(800);
        lab.restart(server);
        // The next crash may take the only other copy: not before there is a new one.
        await lab.untilView({ backup: anybody, after: view });
        await lab.moment(150);
      }
    }),
);

scenario(
  'B12b',
  'primaries crash and restart on a bad network under load',
  {
    clauses: ['C3', 'R19', 'S1'],
    points: 1,
    rule: 'Whatever the network loses, delays, repeats and reorders: what is acknowledged stays, and clients finish.',
    why: 'Trouble comes together: a server dies while the network is bad, and the state of the next backup has to get through all the same.',
    hint: 'Each message of a view change may get lost or come twice: pings, the state, forwards. Who sends it again, and until when?',
  },
  (lab) =>
    underLoad(lab, async () => {
      for (let crash = 1; crash <= 2; crash += 1) {
        // Calm until the crash is noticed: in a storm the survivor, too, could be taken for dead.
        lab.heal();
        const view = await lab.untilPair();
        const server = await lab.crashPrimary();
        await lab.moment(800);
        if (lab.view.viewnum === view.viewnum) await lab.untilProposed({ after: view });
        lab.storm();
        await lab.moment(300);
        lab.restart(server);
        await lab.sleep(lab.between(300, 600));
      }
    }),
);
