/** The usage of the machine by processes, as the kernel tells (Linux) or else `ps`. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { statOf } from '../../runtime/process-identity';

export interface Usage {
  /** Processor time so far, in milliseconds. */
  readonly cpuMs: number;
  /** Memory of its own, in bytes: not what it shares with others, as the code of Node. 0 where only `ps` tells. */
  readonly residentBytes: number;
}

/** Whether the kernel tells of memory, and so cheaply that one may ask at any time. */
export const isMemoryTold = process.platform === 'linux';

/** The kernel counts in ticks of a hundredth of a second on every machine that Node runs on. */
const msPerTick = 10;
const pageBytes = 4096;

/** Of each of these processes and all that descend from it; undefined where nobody tells, or when it is gone. */
export function usagesOf(pids: readonly (number | undefined)[]): (Usage | undefined)[] {
  if (isMemoryTold || pids.length === 0) {
    return pids.map((pid) => (pid === undefined ? undefined : usageOf(pid)));
  }
  const { stdout } = spawnSync('ps', ['-Ao', 'pid=,ppid=,time='], { encoding: 'utf8' });
  return usagesIn(stdout ?? '', pids);
}

/** The same as a listing of `ps` has it: the process, its parent, and its time in each line. */
export function usagesIn(
  listing: string,
  pids: readonly (number | undefined)[],
): (Usage | undefined)[] {
  const rows = listing.split('\n').flatMap((line) => {
    const [, pid, parent, days = 0, clock = ''] =
      /^\s*(\d+)\s+(\d+)\s+(?:(\d+)-)?([\d:.]+)\s*$/.exec(line) ?? [];
    if (pid === undefined) return [];
    const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    const cpuMs = (Number(days) * 86_400 + seconds) * 1_000;
    return [{ pid: Number(pid), parent: Number(parent), cpuMs }];
  });
  const known = new Map(rows.map(({ pid, cpuMs }) => [pid, cpuMs]));
  const timeOf = (pid: number): number =>
    rows.reduce(
      (sum, child) => (child.parent === pid ? sum + timeOf(child.pid) : sum),
      known.get(pid) ?? 0,
    );
  return pids.map((pid) =>
    pid === undefined || !known.has(pid) ? undefined : { cpuMs: timeOf(pid), residentBytes: 0 },
  );
}

/** Of a process and all that descend from it; undefined where the kernel does not tell, or when it is gone. */
export function usageOf(pid: number): Usage | undefined {
  try {
    let { cpuMs, residentBytes } = usageAlone(pid);
    for (const child of childrenOf(pid)) {
      const usage = usageOf(child);
      cpuMs += usage?.cpuMs ?? 0;
      residentBytes += usage?.residentBytes ?? 0;
    }
    return { cpuMs, residentBytes };
  } catch {
    return undefined;
  }
}

/** Processor time of children of this process that have ended, in milliseconds; 0 where nobody tells. */
export function endedChildrenMs(): number {
  return isMemoryTold ? ticksOf('self', [13, 14]) * msPerTick : 0;
}

function usageAlone(pid: number): Usage {
  const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
  const pages = Math.max(0, Number(resident) - Number(shared));
  return { cpuMs: ticksOf(pid, [11, 12, 13, 14]) * msPerTick, residentBytes: pages * pageBytes };
}

/** The sum of these fields of its `stat`, counted from the state on. */
function ticksOf(pid: number | 'self', wanted: readonly number[]): number {
  const fields = statOf(pid);
  return wanted.reduce((sum, field) => sum + Number(fields[field]), 0);
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return text.split(' ').filter(Boolean).map(Number);
}
