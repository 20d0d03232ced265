/** The service goes on, in time and within bounds: cases B25, B26, B27 and B35. */

import type { Address } from '../../runtime/node';
import type { Lab } from '../primary-backup/lab';
import { anybody } from '../primary-backup/members';
import { scenario } from './scenario';

scenario(
  'B25',
  'the view service is down: the pair goes on serving; when it is back, so are view changes',
  {
    clauses: ['R16', 'R19', 'C3', 'R5'],
    points: 1,
    rule: 'Clients and primaries do not ask the view service for each operation; without it a view simply lasts.',
    why: 'The view service is one single machine. If every operation needed it, replicating the data would have gained nothing.',
    hint: 'A primary keeps the view that it has until it hears of a newer one, and a clerk the primary that it has until that fails it.',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const clerks = [lab.clerk(), lab.clerk(), lab.clerk()];
    for (const clerk of clerks) await lab.finish(clerk.put('a', lab.freshValue()));
    const operations = () =>
      Promise.all(clerks.map((clerk) => lab.randomOperations(clerk, { operations: 4 })));

    // Stopped, it makes up for nothing; cut off, it takes everybody for dead meanwhile.
    if (lab.pick(['stopped', 'cut off']) === 'stopped') lab.pause(lab.viewService);
    else lab.partition([lab.viewService], [s1, s2]);
    await lab.pings(lab.between(1, 30));
    await lab.finish(
      operations(),
      5_000,
      'only the view service is down, and no operation needs it',
    );

    // Cut off, it takes one of them for dead first, and without the other nobody has the data.
    const mortal = [];
    for (const server of [s1, s2]) if (await lab.mayCrash(server)) mortal.push(server);
    const dies = lab.pick(['nobody', ...mortal]);
    if (dies !== 'nobody') await lab.crash(dies);
    // A clerk that begins to doubt its primary finds nobody to ask.
    lab.dropNext({ from: lab.pick(clerks).name, to: s1, kind: 'request' });
    const work = lab.meanwhile(operations());
    await lab.sleep(lab.between(1_100, 2_000));
    await lab.healAndFinish(work);
    if (dies !== 'nobody') lab.restart(dies);
    await lab.untilPair();
    await lab.failOver();
    await lab.finish(operations());
  },
);

scenario(
  'B26',
  'the server that a client takes for the primary is dead, or primary no more: it finds the new one',
  {
    clauses: ['C2', 'C3'],
    points: 1,
    rule: 'A clerk keeps to a primary as long as it answers, and asks the view service again when it is silent or refuses.',
    why: 'The service has recovered, and some clients hang all the same: those that had been there before.',
    hint: 'How does a clerk notice that its primary is silent? What does it do after a refusal, before it tries again?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const clerks = Array.from({ length: 4 }, () => lab.clerk());
    await Promise.all(clerks.map((clerk) => clerk.append('a', lab.freshValue())));

    const fate = lab.pick(['crashes', 'is cut off', 'lives on as a backup']);
    await lab.moment(lab.pingIntervalMs);
    if (fate === 'crashes') await lab.crash(s1);
    else if (fate === 'is cut off')
      lab.partition([s1], [lab.viewService, s2, ...clerks.map(({ name }) => name)]);
    else lab.cut(s1, lab.viewService);
    await lab.untilView({ primary: s2 });
    if (fate === 'lives on as a backup') {
      lab.mend(s1, lab.viewService);
      await lab.untilView({ primary: s2, backup: s1 });
    }
    await lab.moment(1_000);
    const work = Promise.all(clerks.map((clerk) => clerk.append('a', lab.freshValue())));
    await lab.finish(work, 5_000, `${s2} is primary, acknowledged for a while`);
    await lab.readAll(['a']);
  },
);

scenario(
  'B27',
  'many operations of few clients: what a new backup is given does not grow with their number',
  {
    clauses: ['S4'],
    points: 1,
    rule: 'The duplicate table remembers each client, not each operation: a client has one operation under way at a time.',
    why: 'A table with an entry for each operation ever done fills the memory, and every state transfer takes longer than the one before.',
    hint: 'Which operations of a client can still be repeated once it has begun the next one?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    const clerks = Array.from({ length: 4 }, () => lab.clerk());
    const write = async (times: number) => {
      const writes = async (clerk: (typeof clerks)[number]) => {
        for (let i = 0; i < times; i += 1) {
          const op = lab.pick(['put', 'putHash', 'get'] as const);
          await clerk.perform(
            op === 'get' ? { op, key: 'a' } : { op, key: 'a', value: '0123456789' },
          );
        }
      };
      await lab.finish(Promise.all(clerks.map(writes)));
    };
    const transferred = async () => {
      const before = lab.view;
      const backup = lab.startReplica();
      await lab.untilView({ primary: s1, backup, after: before });
      // Whatever way the state went: from the primary, or fetched by the backup.
      const bytes = lab.world.bytesSent({ from: s1, to: backup });
      await lab.crash(backup);
      await lab.untilView({ primary: s1, backup: null });
      return bytes;
    };
    await write(5);
    const first = await transferred();
    await write(70);
    const second = await transferred();
    lab.expect(
      second <= 2 * first + 4_000,
      `a new backup to be sent about as much after 300 operations of the same 4 clients on the same key as after 20: about ${first} bytes`,
      `${second} bytes`,
      'too many messages',
    );
  },
);

scenario(
  'B35a',
  'reading a key that was never written returns at once',
  {
    clauses: ['C8'],
    points: 1,
    seeds: 8,
    rule: 'A key that was never written has the value null: an answer like any other, and no reason to retry.',
    why: 'A program that asks whether something is there hangs if it is not.',
    hint: 'Tell "there is no such key" from "I am not the primary": one is a result, the other an error.',
  },
  async (lab) => {
    await lab.startReplicas(2);
    const clerk = lab.clerk();
    await clerk.put('there', lab.freshValue());
    await clerk.expectGet('not there', null, 1_000);
    await lab.clerk().expectGet('not there', null, 1_000);
    await lab.failOver();
    await clerk.put('there', lab.freshValue());
    await clerk.expectGet('not there', null, 1_000);
    await clerk.put('not there', '');
    await clerk.expectGet('not there', '', 1_000);
  },
);

/** Enough for a pause of 20 ms between two tries, each of which asks view service and primary. */
const mostMessagesPerSecond = 100;

scenario(
  'B35b',
  'a client without a primary that answers waits, with few messages, and finishes when there is one',
  {
    clauses: ['C3'],
    points: 1,
    rule: `A clerk retries for ever, with pauses: it sends at most ${mostMessagesPerSecond} messages a second.`,
    why: 'When a server fails, all its clients retry at once. Without pauses they keep the network and the view service too busy to recover.',
    hint: 'Too many messages: is there a pause between two tries, also when the refusal came at once? Not finished: is the view service asked again after an error, and has the pause an upper bound? One that doubles each time outlasts every failure.',
  },
  async (lab) => {
    const clerk = lab.clerk();
    const s1 = lab.startReplica();
    const obstacle = lab.pick(['there is none', 'it refuses', 'it refuses', 'it is silent']);
    if (obstacle === 'there is none') {
      // Before it has done anything at all.
      lab.crashAnyway(s1);
    } else {
      await lab.untilView({ primary: s1 });
      const s2 = lab.startReplica();
      await lab.untilPair();
      await clerk.append('a', 'first,');
      await lab.crash(s1);
      await lab.untilHeard(s2);
      // Its pings arrive and the replies do not: it is named as primary and does not know it.
      if (obstacle === 'it refuses') lab.cutOneWay(lab.viewService, s2);
      else lab.cut(clerk.name, s2);
      await lab.untilProposed({ primary: s2 });
    }
    const work = lab.meanwhile(clerk.append('a', 'second,'));
    const before = lab.world.requestsSent({ from: clerk.name });
    const seconds = lab.pick([5, 5, 30]);
    await lab.sleep(seconds * 1_000);
    const sent = lab.world.requestsSent({ from: clerk.name }) - before;
    lab.expect(
      sent <= seconds * mostMessagesPerSecond,
      `at most ${mostMessagesPerSecond} messages a second from a client that waits for a primary`,
      `${sent} messages in ${seconds} seconds`,
      'too many messages',
    );
    lab.restart(s1);
    lab.heal();
    await lab.untilProposed({ primary: anybody });
    await lab.finish(
      work,
      10_000,
      `there is a primary again, and a clerk keeps trying, however long it has waited: ${seconds} s`,
    );
    await lab.readAll(['a']);
  },
);

/** A pause of a millisecond between two tries is enough. */
const mostForwardsPerSecond = 250;

/** Of one server to another, which refuses one operation, or one piece of a state. */
async function expectFewMessages(lab: Lab, from: Address, to: Address, whoRefuses: string) {
  const before = lab.world.requestsSent({ from, to });
  const seconds = 3;
  await lab.sleep(seconds * 1_000);
  const sent = lab.world.requestsSent({ from, to }) - before;
  lab.expect(
    sent <= seconds * mostForwardsPerSecond,
    `at most ${mostForwardsPerSecond} messages a second from ${from} to ${to}, ${whoRefuses}`,
    `${sent} messages in ${seconds} seconds`,
    'too many messages',
  );
}

/** The backup of a view does not hear of it, so it refuses the state. */
async function refusedTransfer(lab: Lab): Promise<void> {
  const [s1, s2, s3] = await lab.startReplicas(3);
  await lab.clerk().append('a', 'first,');
  // However slowly it starts, it is idle by now.
  await lab.sleep(1_000);
  lab.cutOneWay(lab.viewService, s3);
  await lab.crash(s2);
  await lab.untilProposed({ primary: s1, backup: s3 });
  await lab.moment(100);
  await expectFewMessages(lab, s1, s3, 'which is its backup and has not heard of that');
  lab.heal();
  await lab.untilPair();
  await lab.failOver();
  await lab.readAll(['a']);
}

scenario(
  'B35c',
  'a primary whose forwards, or whose state, are refused tries again with pauses',
  {
    clauses: ['R17'],
    points: 1,
    rule: `A primary that its backup refuses waits a moment before it tries again: it sends at most ${mostForwardsPerSecond} messages a second for one operation, or one piece of a transfer.`,
    why: 'A refusal comes back at once, so a loop without a pause fills the network and keeps both servers busy, one of which is serving everybody else.',
    hint: 'What stands between a forward that failed and the next one? The call itself takes no time when the answer is a refusal.',
  },
  async (lab) => {
    if (lab.pick([false, false, true])) return refusedTransfer(lab);
    const [s1, s2, s3] = await lab.startReplicas(3);
    await lab.clerk().append('a', 'first,');
    lab.cut(s1, lab.viewService);
    await lab.untilView({ primary: s2, backup: s3 });
    const asked = lab.meanwhile(lab.ask(s1, lab.appendOf('a')));
    await lab.moment(100);
    await expectFewMessages(
      lab,
      s1,
      s2,
      'its former backup, which is primary now and refuses them',
    );
    await lab.healAndFinish(asked);
    await lab.readAll(['a']);
  },
);
