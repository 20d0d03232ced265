/**
 * How the process of a node is shut in: the best that the machine has. With bubblewrap it sees no
 * network, no process but its own, and no file but Node, its libraries and the staged code; as root
 * it also gets a user of its own.
 */
import { execFileSync, spawnSync } from 'node:child_process';

export interface Isolation {
  readonly level: 'bubblewrap' | 'process';
  /** For people, in one line. */
  readonly summary: string;
  /** What to install for a stronger one. */
  readonly missing?: string;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

/** No user of the system has these numbers by custom. */
const uid = '61001';
/** Heap of a node, in MiB. */
const heapMib = 256;
/** Data of the whole process, buffers included, in bytes. */
const dataBytes = 1.5 * 2 ** 30;
/** Processor seconds of one process in its whole life. */
const cpuSeconds = 300;
/** Threads and processes of the user; Node itself needs about a dozen for each process. */
const maxThreads = 4_000;

let best: Isolation | undefined;

/** The strongest isolation that works here; tried once. */
export function isolationHere(): Isolation {
  best ??= findIsolation();
  return best;
}

function findIsolation(): Isolation {
  const bubblewrap: Isolation = {
    level: 'bubblewrap',
    summary: isRoot() ? 'bubblewrap + own uid + limits' : 'bubblewrap + limits',
  };
  const { command, args } = launchOf(bubblewrap, __dirname, ['--version']);
  const tried = spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 });
  if (tried.status === 0) return bubblewrap;
  return {
    level: 'process',
    summary: 'process only',
    missing: 'install bubblewrap (Debian: apt install bubblewrap) on Linux for a real wall',
  };
}

/** The command that runs Node with these arguments, shut in; the folder appears as `/lab`. */
export function launchOf(
  isolation: Isolation,
  folder: string,
  nodeArgs: readonly string[],
): Launch {
  const flags = [`--max-old-space-size=${heapMib}`];
  if (isolation.level === 'process') {
    return { command: process.execPath, args: [...flags, ...nodeArgs] };
  }
  const ownUser = isRoot() ? ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'] : [];
  const limits = [
    ...['prlimit', '--core=0', `--data=${dataBytes}`, `--cpu=${cpuSeconds}`],
    ...(isRoot() ? [`--nproc=${maxThreads}`] : []),
  ];
  const walls = [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--clearenv'],
    ...libraries().flatMap((file) => ['--ro-bind', file, file]),
    ...['--ro-bind', process.execPath, '/node', '--proc', '/proc', '--dev', '/dev'],
    ...['--ro-bind', folder, '/lab', '--chdir', '/lab', '/node', ...flags],
  ];
  const [command = '', ...args] = [...limits, ...ownUser, ...walls, ...nodeArgs];
  return { command, args };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The shared libraries that Node needs. */
function libraries(): string[] {
  try {
    const output = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
    return [...new Set(output.match(/\/\S+/g) ?? [])].filter((file) => !file.endsWith(':'));
  } catch {
    return [];
  }
}
