/**
 * How the process of a node is shut in: the best that the machine has. With bubblewrap it sees no
 * network, no process but its own, and no file but Node, its libraries and the staged code; as root
 * it also gets a user of its own. Without bubblewrap, Node's own permissions keep it from files and
 * other programs, which is a promise of Node and not of the kernel.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';

export interface Isolation {
  readonly level: 'bubblewrap' | 'uid' | 'process';
  /** For people, in one line. */
  readonly summary: string;
  /** What to install for a stronger one. */
  readonly missing?: string;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

/** Heap of a node, in MiB. */
const heapMib = 256;
/** Data of the whole process, buffers included, in bytes. */
const dataBytes = 1.5 * 2 ** 30;
/** Processor seconds of one process in its whole life. */
const cpuSeconds = 300;
/** Threads of all the processes of one user; Node needs about a dozen for each process. */
const maxThreads = 1_000;
const maxOpenFiles = 64;

const levels: readonly Isolation[] = [
  {
    level: 'bubblewrap',
    summary: isRoot() ? 'bubblewrap + own uid + limits' : 'bubblewrap + limits',
  },
  {
    level: 'uid',
    summary: 'uid + limits',
    missing: 'install bubblewrap (Debian: apt install bubblewrap) for a wall against the network',
  },
  {
    level: 'process',
    summary: 'process only',
    missing: 'install bubblewrap (Debian: apt install bubblewrap) on Linux for a real wall',
  },
];

let best: Isolation | undefined;

/** The strongest isolation that works here; tried once. */
export function isolationHere(): Isolation {
  best ??= levels.find(works);
  if (best === undefined) throw new Error('Node cannot start a second Node on this machine');
  return best;
}

/** The isolation of this level, whether or not it works here. */
export function isolationOf(level: Isolation['level']): Isolation {
  const found = levels.find((isolation) => isolation.level === level);
  if (found === undefined) throw new Error(`there is no isolation ${level}`);
  return found;
}

function works(isolation: Isolation): boolean {
  if (isolation.level === 'uid' && !isRoot()) return false;
  const { command, args } = launchOf(isolation, __dirname, ['--version'], { uid: freshUid() });
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** The command that runs Node with these arguments, shut in; bubblewrap shows the folder as `/lab`. */
export function launchOf(
  isolation: Isolation,
  folder: string,
  nodeArgs: readonly string[],
  { uid }: { readonly uid: number },
): Launch {
  const flags = ['--no-warnings', `--max-old-space-size=${heapMib}`];
  const limits = [
    ...['prlimit', '--core=0', `--data=${dataBytes}`, `--cpu=${cpuSeconds}`],
    ...(isRoot() ? [`--nproc=${maxThreads}`] : []),
  ];
  const ownUser = isRoot()
    ? ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--no-new-privs']
    : [];
  const permitted = [process.execPath, ...flags, ...permissions(folder), ...nodeArgs];
  const bubblewrap = [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--clearenv'],
    ...libraries().flatMap((file) => ['--ro-bind', file, file]),
    ...['--ro-bind', process.execPath, '/node', '--proc', '/proc', '--dev', '/dev'],
    ...['--ro-bind', folder, '/lab', '--chdir', '/lab', '/node', ...flags, ...nodeArgs],
  ];
  const lines: Readonly<Record<Isolation['level'], readonly string[]>> = {
    bubblewrap: [...limits, ...ownUser, ...bubblewrap],
    uid: [...limits, '--fsize=0', `--nofile=${maxOpenFiles}`, ...ownUser, ...permitted],
    process: permitted,
  };
  const [command = '', ...args] = lines[isolation.level];
  return { command, args };
}

export interface NodeLaunch {
  /** The staged hand-in. */
  readonly folder: string;
  readonly isolation: Isolation;
  /** False leaves away all but the wall itself, so that a test can see what it holds. */
  readonly fence?: boolean;
}

/** How the process of a node of a hand-in is started. */
export function launchOfNode({ folder, isolation, fence = true }: NodeLaunch, uid: number): Launch {
  const inside = isolation.level === 'bubblewrap' ? '/lab' : folder;
  const program = `${inside}/labtests/harness/isolated/node-process.cjs`;
  const args = fence
    ? ['--disallow-code-generation-from-strings', program]
    : [program, '--no-fence'];
  return launchOf(isolation, folder, args, { uid });
}

/** So many hosts of one process can be open at the same time without sharing a user. */
const uidsOfProcess = 64;
let uidsTaken = 0;

/**
 * A user for the processes of one host: nobody else's, since all that belongs to it is killed when
 * the host closes. No user of the system has such a number by custom.
 */
export function freshUid(): number {
  uidsTaken += 1;
  const own = process.pid * uidsOfProcess + (uidsTaken % uidsOfProcess);
  // Where only 65,536 users exist, as in some containers, there is not a block for each process.
  return usersHere() > 2 ** 31 ? 2 ** 20 + own : 30_000 + (own % 30_000);
}

/** How many users exist in this namespace. */
function usersHere(): number {
  try {
    const [, , count] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/);
    return Number(count);
  } catch {
    return 0;
  }
}

/** Ends what processes of this user left behind, whatever group they put themselves into. */
export function endUser({ level }: Isolation, uid: number): void {
  if (level !== 'uid' || !isRoot()) return;
  // What forks fast enough may escape one sweep, but finds no more room to fork in the next.
  for (let sweep = 0; sweep < 50; sweep += 1) {
    const pids = processesOf(uid);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone already.
      }
    }
  }
}

function processesOf(uid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === uid)
    .map(Number);
}

function permissions(folder: string): string[] {
  const flag = '--permission';
  const known = process.allowedNodeEnvironmentFlags.has(flag) ? flag : '--experimental-permission';
  return [known, `--allow-fs-read=${folder}/`];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

let librariesOfNode: readonly string[] | undefined;

/** The shared libraries that Node needs; asked for once. */
function libraries(): readonly string[] {
  try {
    librariesOfNode ??= librariesIn(execFileSync('ldd', [process.execPath], { encoding: 'utf8' }));
    return librariesOfNode;
  } catch {
    return [];
  }
}

function librariesIn(listing: string): string[] {
  return [...new Set(listing.match(/\/\S+/g) ?? [])].filter((file) => !file.endsWith(':'));
}
