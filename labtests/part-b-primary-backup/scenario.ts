/** Scenarios of part B, told in the language of servers, clerks and faults. */
import type { Campaign } from '../../suite/scenario/campaign';
import { type About, addScenario } from '../../suite/scenario/scenario';
import { inLab, type Lab } from '../primary-backup/lab';
import { primaryBackup } from './lab';

export function scenario(
  id: string,
  name: string,
  about: About,
  tell: (lab: Lab) => Promise<void>,
): void {
  addScenario(primaryBackup, id, name, { ...about, body: inLab(tell) });
}

/** Adds a scenario that looks for the one run among many that fails. */
export function campaignScenario(id: string, name: string, about: About, campaign: Campaign): void {
  addScenario(primaryBackup, id, name, { seeds: 1, ...about, campaign });
}
