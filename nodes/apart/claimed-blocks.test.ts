import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { blockOf, folderForClaims } from './claimed-blocks';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = temporaryFolder('viewlab-claims-');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process that does nothing. */
function waiting(): ChildProcess & { readonly pid: number } {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error('sleep does not start');
  return child as ChildProcess & { readonly pid: number };
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('no two processes that run have the same, and each keeps its own', () => {
  const few = { folder, count: 6 };
  const pids = Array.from({ length: 6 }, () => waiting().pid);
  const blocks = pids.map((pid) => blockOf(pid, few));
  expect([...blocks].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(pids.map((pid) => blockOf(pid, few))).toEqual(blocks);
  expect(() => blockOf(process.pid, few)).toThrow('all 6 blocks of users are claimed');
});

onLinux(
  'what was claimed by a process that is gone is free, also when another has its number',
  async () => {
    const few = { folder, count: 2 };
    const [one, other] = [waiting(), waiting()];
    const block = blockOf(one.pid, few);
    blockOf(other.pid, few);
    const gone = new Promise((resolve) => one.once('exit', resolve));
    one.kill('SIGKILL');
    await gone;
    // The number of a process that runs, but was not the one who claimed.
    writeFileSync(path.join(folder, `${block}-${process.pid}-1`), '');
    expect(blockOf(process.pid, few)).toBe(block);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(() => blockOf(one.pid, few)).toThrow('is gone');
  },
);

test('claims are kept where nobody else can write', () => {
  const place = (name: string) => path.join(folder, name);
  const first = folderForClaims([place('a')]);
  expect(first).toBe(path.join(folder, 'a', 'viewlab-users'));
  chmodSync(first, 0o777);
  expect(folderForClaims([place('a'), place('b')])).toBe(path.join(folder, 'b', 'viewlab-users'));
  expect(() => folderForClaims([place('a')])).toThrow('is not for this user alone');
});
