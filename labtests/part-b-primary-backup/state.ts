/** A state that a backup is to get: written before, looked for after the failover. */

import { shorten } from '../../judging/recorder';
import type { Lab } from '../primary-backup/lab';
import { awkwardEntries } from '../primary-backup/texts';

export type State = ReadonlyMap<string, string>;

/** Writes a state: with some seeds a small one, with others one that may well go in pieces. */
export async function writeState(lab: Lab, longest = lab.pick([10, 300_000])): Promise<State> {
  const clerk = lab.clerk();
  const state = new Map<string, string>();
  for (const [key, length] of [
    ['k1', longest],
    ['k2', 10],
    ['k3', 10],
  ] as const) {
    const value = lab.freshValue().padEnd(length, '.');
    await clerk.put(key, value);
    state.set(key, value);
  }
  for (const [key, value] of awkwardEntries) {
    await clerk.put(key, value);
    state.set(key, value);
  }
  return state;
}

/** The new primary has all of the state; the failure says so, not only that a value is missing. */
export async function expectState(lab: Lab, state: State): Promise<void> {
  const clerk = lab.clerk();
  for (const [key, value] of state) {
    let found: string | null = null;
    const reading = clerk.get(key).then((read) => {
      found = read;
    });
    await lab.finish(reading);
    lab.expect(
      found === value,
      `${lab.primary}, promoted from backup, to have all that was acknowledged: ${shorten(value)} under ${shorten(key)}`,
      `${lab.primary} has ${shorten(found)}`,
      found === null ? 'lost acknowledged write' : 'resurrected state',
    );
  }
}
