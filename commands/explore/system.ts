/** The system that explorer and debugger are about: the option that names it, and the setting that follows from it. */
import { labsOn } from '../../labtests/labs';
import { UsageError } from '../../runtime/terminal/exit';
import { mixedWork, type Setting } from '../../worlds/explored/setting';
import { nameInSchedules, systemNamed, systemNames } from '../../worlds/systems';

/** The arguments of the command line; those left out are up to the system. */
export interface AskedSetting {
  readonly system?: string | undefined;
  readonly servers?: number | undefined;
  readonly clients: number;
  /** Operations of each client; 0: none by themselves. */
  readonly ops: number;
  readonly crashes?: number | undefined;
  readonly seed: number;
  readonly 'from-start': boolean;
  readonly arbiter?: Setting['arbiter'];
}

const usualServers = 2;
const usualCrashes = 1;

export const systemOption = {
  describe: `Which system: ${systemNames().join(', ')}; ${systemNamed(undefined).name} unless told`,
  requiresArg: true,
  coerce: (given: unknown): string | undefined => {
    if (given === undefined || systemNames().includes(String(given))) return given as undefined;
    const all = systemNames().map((name) => `${name} (${titleOf(name)})`);
    throw new UsageError(`--system: expected ${all.join(', ')}; got ${JSON.stringify(given)}`);
  },
} as const;

function titleOf(system: string): string {
  return labsOn(system)
    .map(({ part, title }) => `part ${part}, ${title}`)
    .join('; ');
}

/** Throws a UsageError when the system has no such number of servers, cannot lose them, or has no arbiter. */
export function settingFor(asked: AskedSetting): Setting {
  const { clients, ops, seed, arbiter } = asked;
  const kind = systemNamed(asked.system);
  const { name, decider, saysRoles } = kind;
  const { servers = kind.servers ?? usualServers } = asked;
  const { crashes = Math.min(usualCrashes, kind.crashes ?? usualCrashes) } = asked;
  if (servers !== (kind.servers ?? servers)) {
    throw new UsageError(`--servers: expected ${kind.servers}, as a ${name} has, got ${servers}`);
  }
  if (crashes > (kind.crashes ?? crashes)) {
    const most = kind.crashes === 0 ? 'no crash' : `at most ${kind.crashes}`;
    throw new UsageError(`--crashes: expected ${most}, all that a ${name} bears, got ${crashes}`);
  }
  if (arbiter !== undefined && decider === undefined) {
    throw new UsageError(`--arbiter: a ${name} has nobody whose place it could take`);
  }
  return {
    work: ops === 0 ? Array.from({ length: clients }, () => '') : mixedWork(clients, ops),
    ...{ servers, crashes, seed, arbiter },
    system: asked.system && nameInSchedules(name),
    // Without roles there is nothing to wait for before the beginning.
    staged: !asked['from-start'] && (decider !== undefined || saysRoles === true),
  };
}
