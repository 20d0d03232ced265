/**
 * Every single fault at every step where a coordination service decides. To see that never two
 * servers are able to complete an operation, each of them is asked itself, again and again, until the
 * fault has ended and a while longer: who answers without being the one primary, answers wrongly.
 */

import { type LabWork, labSweep, sweptKey } from '../primary-backup/campaigns';
import type { Lab } from '../primary-backup/lab';

/** Between two rounds in which everybody is asked, in milliseconds. */
const roundMs = 150;
/** Meanwhile a lease ends, as late as it may, and whoever takes over has acknowledged a write. */
const silenceMs = 2_000;
/** A lease that was lost has ended by then, and the one who lost it has heard of it. */
const roundsAfter = 4;

/** A primary and its backup, one writes. */
const aPair: LabWork = async (lab) => {
  await lab.startReplicas(2);
  const writer = lab.clerk();
  return () => writer.append(sweptKey, lab.freshValue());
};

/** Both report to the service and renew their leases. */
const aRound: LabWork = async (lab) => {
  await lab.startReplicas(2);
  return () => lab.pings(1);
};

/** The primary is gone, its lease has ended, and its backup is about to take over. */
const aFailover: LabWork = async (lab) => {
  const [s1, s2] = await lab.startReplicas(2);
  const writer = lab.clerk();
  await writer.append(sweptKey, lab.freshValue());
  await lab.crash(s1);
  await lab.untilProposed({ primary: s2 });
  return async () => {
    await writer.append(sweptKey, lab.freshValue());
    lab.restart(s1);
    await lab.untilPair();
  };
};

const options = { until: askingEverybody, silenceMs };

/** While one client writes: a short one. */
export const writeSweep = labSweep({ work: [aPair], ...options });
/** While leases are renewed. */
export const renewalSweep = labSweep({ work: [aRound], ...options });
/** Both, and while a backup takes over and a server comes back. */
export const arbitratedSweep = labSweep({ work: [aPair, aRound, aFailover], ...options });

async function askingEverybody(lab: Lab, ended: Promise<unknown>): Promise<void> {
  const asked: Promise<unknown>[] = [];
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const writer = lab.clerk();
  let writing: Promise<unknown> = Promise.resolve();
  for (let left = roundsAfter; left > 0; left -= hasEnded ? 1 : 0) {
    // A write that the one who was replaced must have missed.
    writing = writing.then(() => writer.append(sweptKey, lab.freshValue()));
    await lab.sleep(roundMs);
    for (const server of lab.running) asked.push(lab.ask(server, { op: 'get', key: sweptKey }));
  }
  await Promise.all(asked);
  lab.heal();
  await lab.finish(writing);
}
