/** The setting of a run: what a right view service does not care about, drawn from the seed. */
import type { Address } from '../../../runtime/node';
import { pick, seededRandom } from '../../../runtime/seeded-random';
import { deadPings, pingIntervalMs } from '../../../worlds/timing';

export interface ViewSetting {
  /** After how many missed pings a server is dead. */
  readonly deadPings: number;
  /** Milliseconds from one tick to the next. */
  readonly pingIntervalMs: number;
  /** The name of a server, numbered from 1. */
  readonly nameOf: (server: number) => Address;
}

/** What people read most easily; seed 1 always has it. */
export const plainSetting: ViewSetting = {
  deadPings,
  pingIntervalMs,
  nameOf: (server) => `s${server}`,
};

/** The ways to name servers. None tells by its order, or by a number in it, who came first. */
const naming: readonly ViewSetting['nameOf'][] = [
  plainSetting.nameOf,
  (server) => `10.0.${server >> 8}.${(37 * server) % 256}:8001`,
  (server) => `[::1]:${9000 + ((37 * server) % 997)}`,
  (server) => `replica-${'abcdefghijkl'[server % 12]}.rack-${server}.example.net:8001`,
];

export function drawnSetting(seed: number): ViewSetting {
  if (seed === 1) return plainSetting;
  const random = seededRandom(seed);
  return {
    // Odd ones, for the reason of the pauses in view-ports.ts.
    deadPings: pick(random, [5, 3, 7, 9]),
    // Shorter ones would pass while the calls between two ticks are on the network.
    pingIntervalMs: pick(random, [100, 200, 500]),
    nameOf: pick(random, naming),
  };
}

/** The setting in a line. */
export function settingInWords({ deadPings: most, pingIntervalMs: ms, nameOf }: ViewSetting) {
  return `deadPings ${most}, pingIntervalMs ${ms}, servers named like ${nameOf(1)}`;
}
