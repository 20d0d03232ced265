/** The setting: it determines a system and its fault-free schedule, and is written as a short text: `aa-ag.s3.k1`. */

import type { Operation } from '../../pbservice/api';
import { type CoordinationModel, modelNames } from '../coordination/programs';
import { nameInSchedules, systemNamed, systemNames } from '../systems';

export interface Setting {
  /** A text of letters for each client, one for each operation; empty: nothing by itself. */
  readonly work: readonly string[];
  readonly servers: number;
  /** How many crashes there may be, the one in the end included. */
  readonly crashes: number;
  readonly seed: number;
  /** Starts when an initialised pair stands; else when all nodes start. */
  readonly staged: boolean;
  /** Which kind of system; the usual one unless told. */
  readonly system?: string | undefined;
  /** The decider in the place of the view service. */
  readonly arbiter?: CoordinationModel | undefined;
}

export const maxExploredServers = 5;
export const maxClients = 5;
export const maxOperations = 14;

/** The one key that all clients use. */
export const theKey = 'x';

const operationLetters: Readonly<Record<string, Operation['op']>> = {
  a: 'append',
  g: 'get',
  p: 'put',
  h: 'putHash',
};

/** All clients append to the same key; every other client, or the only one, reads in the end. */
export function mixedWork(clients: number, operations: number): string[] {
  return Array.from({ length: clients }, (_, client) =>
    client % 2 === 1 || clients === 1 ? `${'a'.repeat(operations - 1)}g` : 'a'.repeat(operations),
  );
}

/** The operations that a client's letters stand for; undefined when one of them stands for none. */
export function operationsOfLetters(letters: string, client: number): Operation[] | undefined {
  const operations: Operation[] = [];
  for (const [number, letter] of [...letters].entries()) {
    const op = operationLetters[letter];
    if (op === undefined) return undefined;
    const value = `${client + 1}${'abcdefghijklmn'[number]},`;
    operations.push(op === 'get' ? { op, key: theKey } : { op, key: theKey, value });
  }
  return operations;
}

/** Unless a schedule says how many. */
const usualCrashes = 1;
const mostCrashes = 7;

export function formatSetting({ work, servers, crashes, ...other }: Setting): string {
  const { seed, staged, system, arbiter } = other;
  const parts = [work.map((letters) => letters || '0').join('-'), `s${servers}`, `k${crashes}`];
  if (seed !== 1) parts.push(`e${seed}`);
  if (!staged) parts.push('start');
  if (system !== undefined) parts.push(system);
  if (arbiter !== undefined) parts.push(arbiter);
  return parts.join('.');
}

/** undefined: the text says no system. */
export function parseSetting(text: string): Setting | undefined {
  const [first = '', ...flags] = text.split('.');
  const number = (letter: string) => {
    const flag = flags.find((other) => new RegExp(`^${letter}\\d{1,9}$`).test(other));
    return flag === undefined ? undefined : Number(flag.slice(1));
  };
  const work = first.split('-').map((letters) => (letters === '0' ? '' : letters));
  const isWork = work.every(
    (letters, client) =>
      letters.length <= maxOperations && operationsOfLetters(letters, client) !== undefined,
  );
  if (!isWork || work.length > maxClients) return undefined;
  const [servers, crashes = usualCrashes] = [number('s'), number('k')];
  if (servers === undefined || servers < 1 || servers > maxExploredServers || crashes > mostCrashes)
    return undefined;
  const named = systemNames().find((name) => flags.includes(name));
  const system = named && nameInSchedules(named);
  const arbiter = modelNames.find((name) => flags.includes(name));
  if (system !== undefined && arbiter !== undefined) return undefined;
  if ((systemNamed(system).servers ?? servers) !== servers) return undefined;
  const seed = number('e') ?? 1;
  const common = { work, servers, crashes, seed, staged: !flags.includes('start') };
  return { ...common, ...(system && { system }), ...(arbiter && { arbiter }) };
}
