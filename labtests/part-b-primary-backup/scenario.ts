/** Scenarios of part B, told in the language of servers, clerks and faults. */
import type { Campaign } from '../../suite/scenario/campaign';
import { type About, addScenario } from '../../suite/scenario/scenario';
import { drawnFrom, drawnIn } from '../../suite/scenario/setting';
import { Lab } from '../primary-backup/lab';
import { labDimensions, plainLabSetting } from '../primary-backup/setting';
import { primaryBackup } from './lab';

export function scenario(
  id: string,
  name: string,
  about: About,
  tell: (lab: Lab) => Promise<void>,
): void {
  addScenario(primaryBackup, id, name, {
    ...about,
    body: ({ world, recorder, seed, kept, tellSetting }) => {
      // Of real processes names and times are what they are.
      const setting =
        world.kind === 'real' ? plainLabSetting : drawnFrom(labDimensions, seed, kept);
      tellSetting?.(drawnIn(labDimensions, setting));
      return tell(new Lab(world, recorder, setting));
    },
  });
}

/** Adds a scenario that looks for the one run among many that fails. */
export function campaignScenario(id: string, name: string, about: About, campaign: Campaign): void {
  addScenario(primaryBackup, id, name, { seeds: 1, ...about, campaign });
}
