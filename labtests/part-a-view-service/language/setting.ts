/** The setting of a run of part A. */
import {
  type Dimensions,
  drawnFrom,
  plainOf,
  settingInWords,
} from '../../../suite/scenario/setting';
import { deadPings, pingIntervalMs } from '../../../worlds/timing';
import { type Naming, naming, type Pings } from '../../primary-backup/setting';

export interface ViewSetting extends Pings {
  /** The name of a server, numbered from 1. */
  readonly nameOf: Naming;
}

export const viewDimensions: Dimensions<ViewSetting> = {
  // Odd ones, for the reason of the pauses in view-ports.ts.
  deadPings: { choices: [deadPings, 3, 7, 9], inWords: (most) => `deadPings ${most}` },
  // Shorter ones would pass while the calls between two ticks are on the network.
  pingIntervalMs: { choices: [pingIntervalMs, 200, 500], inWords: (ms) => `pingIntervalMs ${ms}` },
  nameOf: naming,
};

/** What people read most easily; seed 1 always has it. */
export const plainViewSetting = plainOf(viewDimensions);

export function drawnSetting(seed: number, kept?: readonly string[]): ViewSetting {
  return drawnFrom(viewDimensions, seed, kept);
}

export function viewSettingInWords(setting: ViewSetting): string {
  return settingInWords(viewDimensions, setting);
}
