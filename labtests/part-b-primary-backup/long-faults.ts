/** Faults that last: no limit of tries and no length of time makes a rule end. Case B39. */

import type { LabClerk } from '../primary-backup/clerk';
import type { Lab } from '../primary-backup/lab';
import { scenario } from './scenario';

/** Ten seconds to a minute, as operations are waited for for a minute: longer than whatever a solution may count to. */
function longMs(lab: Lab): number {
  return 1_000 * lab.pick([lab.between(10, 20), lab.between(25, 55), lab.between(25, 55)]);
}

/** Everybody waits for an operation until the fault is over. */
async function outlast(lab: Lab, clerks: readonly LabClerk[]): Promise<void> {
  const work = lab.meanwhile(
    Promise.all(clerks.map((clerk) => clerk.append('k', `${lab.freshValue()},`))),
  );
  await lab.sleep(longMs(lab));
  await lab.healAndFinish(work);
}

/** For a long time nothing gets through between primary and backup in one direction; both go on pinging. */
async function severed(lab: Lab, clerks: readonly LabClerk[]): Promise<void> {
  const link = [lab.primary, lab.backup] as const;
  lab.cutOneWay(...lab.pick([link, [link[1], link[0]] as const]));
  await outlast(lab, clerks);
}

/** The same when the backup is new, and is to get the state. */
async function severedInTransfer(lab: Lab, clerks: readonly LabClerk[]): Promise<void> {
  const { primary } = lab;
  await lab.crash(lab.backup);
  const backup = lab.startReplica();
  const link = [primary, backup] as const;
  lab.cutOneWay(...lab.pick([link, [backup, primary] as const]));
  await lab.untilProposed({ primary, backup });
  await outlast(lab, clerks);
}

/** For a long time the view service says nothing, and then there are operations. */
async function withoutViewService(lab: Lab, clerks: readonly LabClerk[]): Promise<void> {
  lab.pause(lab.viewService);
  await lab.sleep(longMs(lab));
  const work = Promise.all(clerks.map((clerk) => clerk.append('k', `${lab.freshValue()},`)));
  await lab.finish(work, 5_000, 'only the view service is down, and no operation needs it');
  lab.heal();
}

/** A client does not hear that its operation is done, and is away for a long time before it asks again. */
async function awayForLong(lab: Lab, clerks: readonly LabClerk[]): Promise<void> {
  const [one, other] = clerks as [LabClerk, LabClerk];
  lab.dropNext({ from: lab.primary, to: one.name, kind: 'response' });
  const work = lab.meanwhile(one.append('k', `${lab.freshValue()},`));
  await lab.sleep(lab.between(50, 150));
  lab.partition([one.name], [lab.viewService, ...lab.running]);
  const awayMs = longMs(lab);
  await lab.finish(other.append('k', `${lab.freshValue()},`));
  await lab.sleep(awayMs);
  await lab.healAndFinish(work);
}

scenario(
  'B39',
  'a fault lasts for ten seconds to a minute: what holds after one time-out holds after a hundred',
  {
    clauses: ['R4', 'R16', 'R17', 'C3', 'S1'],
    points: 1,
    rule: 'A primary has its backup apply each operation as long as the view lasts, a clerk retries until the operation is done, and what was done for a client is remembered, however long any of that takes.',
    why: 'Somebody trips over a cable. Who counts to ten and then does without the rule loses what was acknowledged, just when nobody is looking.',
    hint: 'Look for numbers in your code: tries after which something is given up, times after which something is forgotten or refused.',
  },
  async (lab) => {
    await lab.startReplicas(2);
    const clerks = [lab.clerk(), lab.clerk()];
    for (const clerk of clerks) await lab.finish(clerk.append('k', `${lab.freshValue()},`));
    await lab.pick([
      severed,
      severedInTransfer,
      severedInTransfer,
      withoutViewService,
      awayForLong,
    ])(lab, clerks);
    await lab.readAll(['k']);
    await lab.untilPair();
    await lab.failOver();
    await lab.readAll(['k']);
  },
);
