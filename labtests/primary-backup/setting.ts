/** The setting of a run of part B, and what those of parts A and B have in common. */
import type { Address } from '../../runtime/node';
import { type Dimension, type Dimensions, plainOf } from '../../suite/scenario/setting';
import { deadPings, pingIntervalMs } from '../../worlds/timing';
import { awkwardEntries, beyondAscii, longestKey, ofJavaScript } from './texts';

export type Naming = (server: number) => Address;

/** The ways to name servers. None tells by its order, or by a number in it, who came first. */
export const naming: Dimension<Naming> = {
  choices: [
    (server) => `s${server}`,
    (server) => `10.0.${server >> 8}.${(37 * server) % 256}:8001`,
    (server) => `[::1]:${9000 + ((37 * server) % 997)}`,
    (server) => `replica-${'abcdefghijkl'[server % 12]}.rack-${server}.example.net:8001`,
  ],
  inWords: (nameOf) => `servers named like ${nameOf(1)}`,
};

export interface Pings {
  /** After how many missed pings a server is dead. */
  readonly deadPings: number;
  /** Milliseconds from one tick to the next. */
  readonly pingIntervalMs: number;
}

/** The keys and values of the scenarios as clients write them. */
export interface Alphabet {
  readonly name: string;
  /** Stand for the keys that a scenario uses first, in this order. */
  readonly keys: readonly string[];
  /** Begins each value. */
  readonly mark: string;
}

/** What is there before the scenario begins, each key written by a client of its own. */
export interface Before {
  readonly name: string;
  readonly entries: readonly (readonly [key: string, value: string])[];
}

export interface LabSetting {
  readonly pings: Pings;
  readonly nameOf: Naming;
  readonly alphabet: Alphabet;
  readonly before: Before;
  readonly clientNameOf: Naming;
}

const nothing: Before = { name: 'nothing', entries: [] };
const awkward: Before = { name: 'awkward keys and values', entries: awkwardEntries };
const clients: Before = {
  name: 'writes of 12 clients',
  entries: Array.from({ length: 12 }, (_, i) => [`before ${i}`, `written before, ${i}`]),
};
/** Several pieces in every design, of which the contents are no bytes. */
const large: Before = {
  name: '0.3 million characters',
  entries: ['.', '值', '.'].map((filler, i) => [`before ${i}`, `${i}`.padEnd(100_000, filler)]),
};

export const labDimensions: Dimensions<LabSetting> = {
  pings: {
    // Half a second at least: that long a call may last that was lost. Not much more: scenarios wait.
    choices: [
      { deadPings, pingIntervalMs },
      { deadPings: 7, pingIntervalMs: 100 },
      { deadPings: 11, pingIntervalMs: 50 },
      { deadPings: 4, pingIntervalMs: 150 },
    ],
    inWords: (pings) => `deadPings ${pings.deadPings}, pingIntervalMs ${pings.pingIntervalMs}`,
  },
  nameOf: naming,
  alphabet: {
    choices: [
      { name: 'plain', keys: [], mark: '' },
      { name: 'plain', keys: [], mark: '' },
      { name: 'of JavaScript', keys: ofJavaScript, mark: '' },
      { name: 'beyond ASCII', keys: beyondAscii, mark: '值😀\n' },
      {
        name: 'of the greatest length',
        keys: ['a', 'b', 'c'].map(longestKey),
        mark: '',
      },
    ],
    inWords: ({ name }) => `${name === 'plain' ? name : `awkward (${name})`} keys and values`,
  },
  before: {
    choices: [nothing, nothing, nothing, nothing, awkward, awkward, clients, clients, large],
    inWords: ({ name }) => `${name} there before`,
  },
  clientNameOf: {
    // An address may have 255 characters, and the id of a client 64.
    choices: [
      (client) => `c${client}`,
      (client) => `c${client}`,
      (client) => `c${client}.${'a-long-name-'.repeat(10)}example.net:8001`,
    ],
    inWords: (nameOf) => `clients named like ${nameOf(1)}`,
  },
};

export const plainLabSetting: LabSetting = plainOf(labDimensions);
