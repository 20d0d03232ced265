/**
 * Temporary folders that do not stay: the process that makes one removes it when it ends in an orderly
 * way, and what others left who were killed goes with the first one that is made after. The name says
 * whose a folder is. See decision R7.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { identityOf } from './process-identity';

const folders = new Set<string>();
const swept = new Set<string>();
let base: string | undefined;

/** From now on in this folder, which somebody else removes even if this process is killed. */
export function keepTemporaryFoldersIn(folder: string): void {
  base = folder;
}

/** A new folder, which is gone at the latest when this process ends in an orderly way. */
export function temporaryFolder(prefix: `viewlab-${string}-`): string {
  const place = base ?? tmpdir();
  if (base === undefined && !swept.has(place)) sweep(place);
  const owner = `${machine()}.${identityOf(process.pid)}`;
  // By its real path: TMPDIR may be a link (on macOS it is), and permissions go by where files are.
  const folder = realpathSync(mkdtempSync(path.join(place, `${prefix}${owner}-`)));
  if (folders.size === 0) process.once('exit', removeAll);
  folders.add(folder);
  return folder;
}

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** Removes what processes of this machine have left in this place that are gone. */
function sweep(place: string): void {
  swept.add(place);
  for (const name of readdirSync(place)) {
    const [, where, owner, pid] = /^viewlab-.*-(\w+)\.((\d+)-\d+)-\w{6}$/.exec(name) ?? [];
    if (where !== machine() || identityOf(Number(pid)) === owner) continue;
    try {
      rmSync(path.join(place, name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

let machineHere: string | undefined;

/** Where the numbers of processes mean the same: containers may share a place, and have numbers of their own. */
function machine(): string {
  if (machineHere !== undefined) return machineHere;
  let numbers = '';
  try {
    numbers = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: there the machine is all there is.
  }
  const hash = createHash('sha256').update(`${hostname()} ${numbers}`).digest('hex');
  machineHere = hash.slice(0, 6);
  return machineHere;
}
