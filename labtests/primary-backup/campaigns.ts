/** Campaigns about the system of the lecture: sweeps and explorations, told in its language. */
import {
  type ExplorationOptions,
  exploration,
  type GradedExploration,
} from '../../suite/campaigns/explorations';
import { type SweepOptions, type SweptWork, sweep } from '../../suite/campaigns/swept/sweep';
import type { Campaign } from '../../suite/scenario/campaign';
import { inLab, type Lab } from './lab';

/** The key that swept work is about: it is read in the end. */
export const sweptKey = 'x';

export type LabWork = SweptWork<Lab>;

export function labSweep(options: Omit<SweepOptions<Lab>, 'tell' | 'closing'>): Campaign {
  return sweep({ ...options, tell: inLab, closing });
}

/** The faults are over: everybody finishes, and what was acknowledged survives a failover. */
async function closing(lab: Lab): Promise<void> {
  lab.heal();
  await lab.readAll([sweptKey]);
  await lab.untilPair();
  await lab.failOver();
  await lab.readAll([sweptKey]);
}

/** Explores one system after the other, if a write and a read work without any fault. */
export function labExploration(
  systems: readonly GradedExploration[],
  options: Omit<ExplorationOptions, 'basics'> = {},
): Campaign {
  return exploration(systems, { ...options, basics: inLab(writeAndRead) });
}

async function writeAndRead(lab: Lab): Promise<void> {
  await lab.startReplicas(2);
  const clerk = lab.clerk();
  await lab.finish(clerk.append('x', 'a').then(() => clerk.get('x')));
}
