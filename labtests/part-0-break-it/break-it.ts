/**
 * Part 0: break it. A heartbeat pair is two servers that watch each other, and nobody else. Write two
 * schedules of faults that make it lie to its clients; docs/lab/00-break-it.md tells how it works and
 * which words a schedule has. `npm test -- part-0` has the history checker judge what clients saw.
 */
import type { Lab } from '../primary-backup/lab';

/**
 * Makes the pair lose a write that it has acknowledged: a client was told that its put is done, and
 * afterwards nobody ever finds it. At least one of the two servers must never crash: what was in no
 * memory any more is lost in every design that has no disk.
 */
export async function loseAcknowledgedWrite(lab: Lab): Promise<void> {
  // solution: begin
  // stub: throw notImplemented('labtests/part-0-break-it/break-it.ts', 'loseAcknowledgedWrite');
  const [s1, s2] = await lab.startPair();
  const beside1 = lab.clerk();
  const beside2 = lab.clerk();
  lab.partition([s1, beside1.name], [s2, beside2.name]);
  // s1 waits for its backup only until it takes that for dead; then it acknowledges alone.
  await beside1.put('x', 'written at s1 alone');
  await lab.untilRole(s2, 'primary');
  lab.heal();
  // s2 took over later, so s1 gives up its state for that of s2.
  await lab.untilRole(s1, 'backup');
  // Once could be an old copy; who reads twice and never finds it has lost it.
  await beside2.get('x');
  await beside2.get('x');
  // solution: end
}

/**
 * Makes the pair serve a stale read: a get returns a value although a newer one had been written, and
 * acknowledged, before the get began; and the newer one is not lost, somebody has read it.
 */
export async function serveStaleRead(lab: Lab): Promise<void> {
  // solution: begin
  // stub: throw notImplemented('labtests/part-0-break-it/break-it.ts', 'serveStaleRead');
  const [s1, s2] = await lab.startPair();
  const beside1 = lab.clerk();
  const beside2 = lab.clerk();
  await beside1.put('x', 'old');
  lab.partition([s1, beside1.name], [s2, beside2.name]);
  await lab.untilRole(s2, 'primary');
  await beside2.put('x', 'new');
  await beside2.get('x');
  // Nobody has told s1 that it is not primary any more, and it answers reads without asking.
  await beside1.get('x');
  // solution: end
}
