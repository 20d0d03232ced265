/** One of the two leaves in the middle of a state transfer: case B18. */
import type { Address } from '../../runtime/node';
import { finishMs, recoveryMs } from '../../worlds/timing';
import type { Lab } from '../primary-backup/lab';
import { scenario } from './scenario';
import { expectState, type State, writeState } from './state';

/** Of a put it would not show any more what was lost before it. */
const ops = ['get', 'append', 'append'] as const;

interface Transfer {
  readonly primary: Address;
  readonly backup: Address;
  readonly state: State;
}

/** Servers up to the moment when a primary begins to send its state to a new backup. */
async function untilTransfer(lab: Lab): Promise<Transfer> {
  const afterFailover = lab.pick([false, true]);
  const [s1, s2, s3] = await lab.startReplicas(afterFailover ? 3 : 1);
  const state = await writeState(lab);
  if (afterFailover) await lab.crash(s1);
  const primary = afterFailover ? s2 : s1;
  const backup = afterFailover ? s3 : lab.startReplica();
  await lab.untilProposed({ primary, backup });
  await lab.untilTheyTalk(primary, backup);
  return { primary, backup, state };
}

/** Servers up to the moment when a large part of a state is with its new backup, but not all of it. */
async function untilPieces(lab: Lab): Promise<Transfer> {
  const [primary] = await lab.startReplicas(1);
  const clerk = lab.clerk();
  const state = new Map<string, string>();
  for (const key of ['k1', 'k2', 'k3', 'k4', 'k5']) {
    const value = lab.freshValue().padEnd(300_000, '.');
    await clerk.put(key, value);
    state.set(key, value);
  }
  const backup = lab.startReplica();
  await lab.untilProposed({ primary, backup });
  const sent = () =>
    lab.world.bytesSent({ from: primary, to: backup }) +
    lab.world.bytesSent({ from: backup, to: primary });
  // Where it comes in one message, that one may have arrived.
  const part = lab.pick([400_000, 700_000, 1_000_000]);
  await lab.world.until(() => sent() > part, 2_000);
  return { primary, backup, state };
}

/** Lets a few messages of the transfer through, and cuts the two off from each other in its middle. */
async function interrupt(lab: Lab, { primary, backup }: Transfer): Promise<void> {
  const sent = () =>
    lab.world.requestsSent({ from: primary, to: backup }) +
    lab.world.requestsSent({ from: backup, to: primary });
  for (let more = lab.pick([0, 1, 1, 2]); more > 0; more -= 1) {
    const before = sent();
    await lab.world.until(() => sent() > before, 20);
  }
  lab.cut(primary, backup);
  await lab.moment(300);
}

scenario(
  'B18a',
  'the primary dies in the middle of a state transfer: a half-initialised backup is never promoted',
  {
    clauses: ['R2'],
    points: 1,
    rule: 'Only the backup of an acknowledged view can become primary, and the primary acknowledges when the backup has the full state.',
    why: 'A backup with half of the state would serve it as if it were the whole: the other half of what users wrote is silently gone.',
    hint: 'Find all the places where a server begins to count as one that holds the state. At the backup: is that after the last piece, or after the first? And when the primary dies before it: does the backup still take what it has for the state in the next view?',
  },
  async (lab) => {
    const transfer = await untilTransfer(lab);
    const { primary, backup, state } = transfer;
    const view = lab.view;
    await interrupt(lab, transfer);
    lab.crashAnyway(primary);
    // An acknowledgement may still be on its way.
    await lab.pings(1);
    if (lab.world.latestAcknowledged() === view.viewnum) {
      await lab.untilProposed({ primary: backup });
      const serves = () => lab.world.latestAcknowledged() === lab.view.viewnum;
      lab.expect(
        await lab.world.until(serves, recoveryMs),
        `${backup} to serve as primary: ${primary} had acknowledged view ${view.viewnum}, and so said that ${backup} has the whole state`,
        `${backup} does not acknowledge view ${lab.view.viewnum}, in which it is primary`,
        'stuck after heal',
      );
      await expectState(lab, state);
      return;
    }
    if (lab.pick([false, true])) lab.restart(primary);
    lab.startReplica();
    await lab.expectNobodyServes(
      3_000,
      `the only server with the whole state, ${primary}, died before ${backup} had got it`,
    );
  },
);

scenario(
  'B18b',
  'the backup dies in the middle of a state transfer and comes back: it gets the state anew',
  {
    clauses: ['R2', 'R10', 'R17'],
    points: 1,
    rule: 'The view waits for its backup, and the primary goes on pinging while it waits; a backup that restarted has nothing and gets the full state from the start.',
    why: 'A primary that waits without pinging, or that gives up, turns the crash of one server into the loss of both.',
    hint: 'Retry the transfer with pauses, for as long as the view lasts, and let nothing on that way hold up the pings. A restarted backup has lost the pieces that it had confirmed.',
  },
  async (lab) => {
    const pieces = lab.pick([false, true]);
    const transfer = await (pieces ? untilPieces(lab) : untilTransfer(lab));
    const { primary, backup, state } = transfer;
    const work = lab.meanwhile(lab.workload({ clerks: 3, operations: 6, ops }));
    if (!pieces) await interrupt(lab, transfer);
    await lab.crash(backup);
    await lab.expectPings(primary, lab.pick([200, 1_500]), `its backup ${backup} is dead`);
    lab.restart(backup);
    // With some seeds it knows its view before it gets the next piece of a state that it has lost.
    if (lab.pick([false, true])) {
      lab.cut(primary, backup);
      await lab.pings(3);
    }
    lab.mend(primary, backup);
    await lab.untilView({ primary, backup }, finishMs);
    await lab.finish(work);
    await lab.pings(3);
    await lab.failOver();
    await expectState(lab, state);
    await lab.readAll(['a', 'b']);
  },
);

scenario(
  'B18c',
  'the backup leaves in the middle of a forward: the next one is initialised, the old one left alone',
  {
    clauses: ['R11'],
    points: 1,
    rule: 'What a primary sends to its backup it sends for one view; when the view has changed it gives up, and starts over with the backup of the new view.',
    why: 'A primary that waits for a backup that is none any more never answers again, or keeps sending for ever to servers that have nothing to do with it.',
    hint: 'What ends the loop that retries? Look at the view before each try, not only before the first.',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    // With some seeds a later forward comes before the first, which is lost, and the pair meets again in another view.
    const meetAgain = lab.pick([true, false]);
    const work = lab.meanwhile(lab.workload({ clerks: 3, operations: 6, ops }));
    if (meetAgain) lab.dropNext({ from: s1, to: s2, kind: 'request' });
    await lab.moment(100);
    lab.cut(s1, s2);
    await lab.moment(600);
    lab.cut(s2, lab.viewService);
    await lab.untilView({ primary: s1, backup: s3 }, finishMs);
    await lab.finish(work);
    lab.heal();
    await lab.pings(5);

    const before = lab.world.requestsSent({ from: s1, to: s2 });
    await lab.finish(lab.workload({ clerks: 2, operations: 3, ops }));
    await lab.sleep(2_000);
    const sent = lab.world.requestsSent({ from: s1, to: s2 }) - before;
    lab.expect(
      sent <= 20,
      `${s1} to send nothing to ${s2}, which is idle now: the backup is ${s3}`,
      `${sent} messages in 2 seconds`,
      'too many messages',
    );
    if (meetAgain) {
      await lab.crash(s3);
      await lab.untilView({ primary: s1, backup: s2 }, finishMs);
      await lab.finish(lab.workload({ clerks: 3, operations: 4, ops }));
    }
    await lab.failOver();
    await lab.readAll(['a', 'b']);
  },
);
