/**
 * Launches the process of a node behind walls: the best that the machine has. With bubblewrap the process sees no
 * network, no process but its own, and no file but Node, its libraries and the staged code; as root
 * it also gets a user of its own. Without bubblewrap, Node's own permissions keep it from files and
 * other programs, which is a promise of Node and not of the kernel.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { canRun, withParent } from '../../runtime/parent-death-signal';
import type { Budget } from './budget';
import type { Isolation } from './isolation';
import { kernelSetting, missingWall } from './missing-wall';
import { freshUid, isRoot } from './users';

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
  { level: 'uid', summary: 'uid + limits' },
  { level: 'process', summary: 'process only' },
];

let best: Isolation | undefined;

/** The strongest isolation that works here; tried once. */
export function isolationHere(): Isolation {
  if (best !== undefined) return best;
  let missing: string | undefined;
  for (const isolation of levels) {
    const { status, error, stderr } = attempt(isolation);
    if (status === 0) {
      best = { ...isolation, ...(missing !== undefined && { missing }) };
      return best;
    }
    const errorCode = (error as NodeJS.ErrnoException | undefined)?.code;
    const { platform } = process;
    missing ??= missingWall({ platform, errorCode, stderr: stderr ?? '', setting: kernelSetting });
  }
  throw new Error('Node cannot start a second Node on this machine');
}

/** The isolation of this level, whether or not it works here. */
export function isolationOf(level: Isolation['level']): Isolation {
  const found = levels.find((isolation) => isolation.level === level);
  if (found === undefined) throw new Error(`there is no isolation ${level}`);
  return found;
}

function attempt(isolation: Isolation) {
  const { command, args } = launchOf(isolation, __dirname, ['--version'], { uid: freshUid() });
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const tried = spawnSync(command, args, { stdio: [...stdio], timeout: 60_000, encoding: 'utf8' });
  return isolation.level === 'uid' && !isRoot() ? { ...tried, status: null } : tried;
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
    ...['--fsize=0', `--nofile=${maxOpenFiles}`],
    ...(isRoot() ? [`--nproc=${maxThreads}`] : []),
  ];
  // Where there is no prlimit, as on macOS, the shell has a limit at least for what loops for ever.
  const bare = ['sh', '-c', `ulimit -t ${cpuSeconds}; exec "$@"`, 'sh'];
  const ownUser = isRoot()
    ? [
        'setpriv',
        `--reuid=${uid}`,
        `--regid=${uid}`,
        '--clear-groups',
        '--no-new-privs',
        '--pdeathsig=KILL',
      ]
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
    uid: [...limits, ...ownUser, ...permitted],
    process: [...withParent(), ...(canRun('prlimit', '--core=0') ? limits : bare), ...permitted],
  };
  const [command = '', ...args] = lines[isolation.level];
  return { command, args };
}

export interface NodeLaunch {
  /** The staged hand-in. */
  readonly folder: string;
  readonly isolation: Isolation;
  /** The budget of all the processes of the hand-in together; without a bound unless told. */
  readonly budget?: Budget;
  /** False leaves away all but the wall itself, so that a test can see what it holds. */
  readonly fence?: boolean;
}

/** How the process of a node of a hand-in is started. */
export function launchOfNode({ folder, isolation, fence = true }: NodeLaunch, uid: number): Launch {
  const inside = isolation.level === 'bubblewrap' ? '/lab' : folder;
  const program = `${inside}/nodes/apart/node-process.cjs`;
  const args = fence
    ? ['--disallow-code-generation-from-strings', program]
    : [program, '--no-fence'];
  return launchOf(isolation, folder, args, { uid });
}

function permissions(folder: string): string[] {
  const flag = '--permission';
  const known = process.allowedNodeEnvironmentFlags.has(flag) ? flag : '--experimental-permission';
  return [known, `--allow-fs-read=${folder}/`];
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
