/** Users of their own for the processes of nodes, where this process runs as root. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { blockOf, folderForClaims } from './claimed-blocks';
import type { Isolation } from './isolation';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Numbers of users, `to` not among them. */
export interface Users {
  readonly from: number;
  readonly to: number;
}

/** The number of hosts of one process that can be open at the same time without sharing a user. */
const usersOfProcess = 64;
let usersTaken = 0;

/** The users of all the hosts of a process. No user of the system has such a number by custom. */
export function usersOf(pid: number): Users {
  if (!isRoot()) return { from: 0, to: 0 };
  const from = usersHere() > 2 ** 31 ? 2 ** 20 + pid * usersOfProcess : firstOfFew(pid);
  return { from, to: from + usersOfProcess };
}

/** Where only 65,536 users exist, as in some containers, there is not a block for each number of a process. */
function firstOfFew(pid: number): number {
  const count = Math.floor((lastOfFew - 30_000) / usersOfProcess);
  return 30_000 + usersOfProcess * blockOf(pid, { folder: folderForClaims(), count });
}

/** Systems keep the last ones for nobody. */
const lastOfFew = 65_000;

/**
 * A user for the processes of one host: nobody else's, since all that belongs to it is killed when
 * the host closes.
 */
export function freshUid(): number {
  usersTaken += 1;
  return usersOf(process.pid).from + (usersTaken % usersOfProcess);
}

let users: number | undefined;

/** How many users exist in this namespace. */
function usersHere(): number {
  try {
    users ??= Number(readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)[2]);
  } catch {
    users = 0;
  }
  return users;
}

/** Ends what processes of this user left behind, whatever group they put themselves into. */
export function endUser({ level }: Isolation, uid: number): void {
  if (level !== 'uid' || !isRoot()) return;
  // A process that forks fast enough may escape one sweep, but finds no more room to fork in the next.
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
