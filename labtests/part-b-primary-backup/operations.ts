/** The operations themselves, and what they may cost. */

import { shorten } from '../../judging/recorder';
import { maxValueLength } from '../../pbservice/api';
import type { Address } from '../../runtime/node';
import type { LabClerk } from '../primary-backup/clerk';
import type { Lab } from '../primary-backup/lab';
import { awkwardTexts } from '../primary-backup/texts';
import { scenario } from './scenario';

/** As long as a value may be. */
const longest = 'x'.repeat(maxValueLength);

async function everyOperation(lab: Lab, clerk: LabClerk): Promise<void> {
  await clerk.expectGet('never written', null);
  await clerk.put('k', 'one');
  await clerk.expectGet('k', 'one');
  await clerk.append('k', ', two');
  await clerk.expectGet('k', 'one, two');
  const start = { op: 'append', key: 'starts with an append', value: 'three' } as const;
  const appended = await clerk.perform(start);
  lab.expect(appended === null, 'append to return null', JSON.stringify(appended));
  await clerk.expectGet('starts with an append', 'three');
  const put = await clerk.perform({ op: 'put', key: 'k', value: '' });
  lab.expect(put === null, 'put to return null', JSON.stringify(put));
  await clerk.expectGet('k', '');
  // Asked for twice, done twice: it is the number that tells a retry, not the text.
  await clerk.append('twice', 'again,');
  await clerk.append('twice', 'again,');
  await clerk.expectGet('twice', 'again,again,');

  await clerk.put('hashed', 'old');
  const before = await clerk.putHash('hashed', 'new');
  lab.expect(before === 'old', 'putHash to return the old value, "old"', JSON.stringify(before));
  await clerk.putHash('hashed', 'newer');
  await clerk.get('hashed');

  for (const key of awkwardTexts) {
    await clerk.expectGet(key, null);
    await clerk.append(key, `über ${key} ✓`);
    await clerk.expectGet(key, `über ${key} ✓`);
  }
}

/** The refusal is the answer: it is no reason to try again, and changes nothing. */
async function longestValue(clerk: LabClerk): Promise<void> {
  await clerk.put('long', longest);
  await clerk.expectTooLong({ op: 'append', key: 'long', value: 'more' });
  await clerk.expectGet('long', longest);
}

/** An operation that is refused comes first of several that the backup may get together. */
async function refusedAmongOthers(lab: Lab, primary: Address, backup: Address): Promise<void> {
  const clerks = [lab.clerk(), lab.clerk(), lab.clerk(), lab.clerk()] as const;
  const release = lab.holdBetween(primary, backup);
  const [first, refused, ...others] = clerks;
  const work: Promise<unknown>[] = [first.put('first', 'done')];
  await lab.sleep(10);
  work.push(refused.expectTooLong({ op: 'append', key: 'long', value: 'more' }));
  await lab.sleep(10);
  work.push(...others.map((clerk, i) => clerk.put(`beside ${i + 1}`, 'done')));
  await lab.sleep(10);
  release();
  await lab.finish(Promise.all(work));
}

scenario(
  'B1a',
  'one server alone carries out every operation',
  {
    clauses: ['S5', 'S6', 'S1'],
    points: 1,
    rule: 'A view may have no backup; then the primary serves its clients alone.',
    why: 'A program that uses the store relies on what each operation does, and most of its life is without faults.',
    hint: 'The state machine: a key that was never written reads as null, but append and putHash take it as the empty string. Keys and values are any strings. A value that would be too long is refused with too-large, and the clerk passes that on.',
  },
  async (lab) => {
    await lab.startReplicas(1);
    const clerk = lab.clerk();
    await lab.finish(everyOperation(lab, clerk));
    // A megabyte is as much work as the rest of the run: with some seeds it goes without.
    if (lab.between(1, 3) > 1) return;
    await longestValue(clerk);
    // Lengths are code units, whatever they are in bytes.
    await clerk.put('long', '值'.repeat(maxValueLength - 2));
    await clerk.append('long', '值值');
    await clerk.expectTooLong({ op: 'append', key: 'long', value: '值' });
  },
);

scenario(
  'B1b',
  'a primary and its backup carry out every operation, and the backup keeps it all',
  {
    clauses: ['R4', 'R6', 'R7', 'R12'],
    points: 1,
    rule: 'The primary applies an operation only when the backup of its view has applied it, in the same order.',
    why: 'A backup that has most operations, but not each of them, gives wrong answers from the day it is needed.',
    hint: 'Primary and backup run the same state machine, and get the same operations. Does each kind of operation reach the backup, with all that it needs? One that the state machine refuses must not keep those after it from being applied.',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const clerk = lab.clerk();
    await lab.finish(everyOperation(lab, clerk));
    const large = 'x'.repeat(100_000);
    await clerk.put('large', large);
    const refused = lab.between(1, 3) === 1;
    if (refused) {
      await longestValue(clerk);
      await refusedAmongOthers(lab, s1, s2);
    }

    await lab.crash(s1);
    await lab.untilView({ primary: s2 });
    await lab.readAll(['k', 'hashed', 'starts with an append', ...awkwardTexts]);
    await clerk.expectGet('large', large);
    for (const key of refused ? ['first', 'beside 1', 'beside 2'] : []) {
      const found = await clerk.get(key);
      lab.expect(
        found === 'done',
        `${s2}, promoted from backup, to have ${JSON.stringify(key)}, which was written at the same time as an operation that was refused with too-large`,
        `${s2} has ${shorten(found)}`,
        'lost acknowledged write',
      );
    }
    await clerk.expectGet('never written', null);
  },
);

scenario(
  'B3',
  'the view service is not asked for each operation',
  {
    clauses: ['R16', 'C2', 'R1'],
    points: 1,
    rule: 'Clients and primaries do not ask the view service for each operation.',
    why: 'There is one view service for everybody. If every operation goes through it, it is the bottleneck, and when it is away nobody works.',
    hint: 'A clerk keeps to the primary that answered last, and asks again only after a call failed. A server knows its view from its pings, and needs one timer for them: one that is started for something has to end with it.',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const { viewService } = lab;
    const clerk = lab.clerk();
    const operations = 60;
    const pingsBefore = lab.world.requestsSent({ to: viewService });
    const startedMs = lab.world.now();
    await lab.finish(lab.randomOperations(clerk, { operations, maxPauseMs: 2 }));

    const asked = lab.world.requestsSent({ from: clerk.name, to: viewService });
    lab.expect(
      asked <= 3,
      `a clerk to ask the view service once, as nothing failed in its ${operations} operations`,
      `it asked ${asked} times`,
      'too many messages',
    );
    const intervals = (lab.world.now() - startedMs) / lab.pingIntervalMs;
    const sent = lab.world.requestsSent({ to: viewService }) - pingsBefore - asked;
    // Twice the pings that are due leaves room for other designs, but not for each operation.
    const allowed = Math.ceil(2 * 2 * (intervals + 1) + operations / 3);
    lab.expect(
      sent <= allowed,
      `${s1} and ${s2} to send the view service their pings, at most ${allowed} requests`,
      `they sent ${sent} requests while ${operations} operations were done`,
      'too many messages',
    );

    // Whoever gets no answer says all the same that it lives.
    const server = lab.pick([s1, s2]);
    const letGo = lab.hold({ from: viewService, to: server, kind: 'response' });
    await lab.expectPings(server, 8 * lab.pingIntervalMs, 'the view service is slow to answer');
    letGo();
    await lab.readAll(['a']);
  },
);
