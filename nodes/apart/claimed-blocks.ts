/**
 * Numbers of which no two processes that run have the same, where there are not enough for all. A claim is
 * an empty file that is named after the number and the process. Whoever claims first writes, then looks:
 * of two that want the same number at least one sees the other, and takes another number. Claims of
 * processes that are gone hold nothing, and are removed by whoever sees them.
 */
import { randomInt } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identityOf } from '../../runtime/process-identity';

export interface ClaimedBlocks {
  /** Where claims are kept; the same for all who must not have the same number. */
  readonly folder: string;
  /** Numbers from 0, `count` not among them. */
  readonly count: number;
}

/** The number of the process `pid`, claimed for it if need be. Throws when it is gone, or none is left. */
export function blockOf(pid: number, { folder, count }: ClaimedBlocks): number {
  const owner = identityOf(pid);
  if (owner === undefined) throw new Error(`process ${pid} is gone: it has no users`);
  const known = liveClaims(folder).find((claim) => claim.owner === owner);
  if (known !== undefined) return known.block;
  for (;;) {
    const taken = new Set(liveClaims(folder).map(({ block }) => block));
    const free = Array.from({ length: count }, (_, block) => block).filter((n) => !taken.has(n));
    // Two that have met must not try the same ones again, in step.
    const block = free[randomInt(Math.max(1, free.length))];
    if (block === undefined) {
      throw new Error(
        `all ${count} blocks of users are claimed (${folder}): wait for other graders`,
      );
    }
    const file = path.join(folder, `${block}-${owner}`);
    writeFileSync(file, '');
    const claims = liveClaims(folder).filter((claim) => claim.block === block);
    if (claims.length === 1) return block;
    rmSync(file, { force: true });
  }
}

/** A folder that only this user can write to: the first of these places that takes one. */
export function folderForClaims(places = ['/run', '/tmp', tmpdir()]): string {
  let problem: unknown;
  for (const place of places) {
    const folder = path.join(place, 'viewlab-users');
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const { uid, mode } = lstatSync(folder);
      if (uid === process.getuid?.() && (mode & 0o022) === 0) return folder;
      problem = new Error(`${folder} is not for this user alone`);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

function liveClaims(folder: string): { readonly block: number; readonly owner: string }[] {
  return readdirSync(folder).flatMap((name) => {
    const [, block, owner, pid] = /^(\d+)-((\d+)-\d+)$/.exec(name) ?? [];
    if (owner === undefined) return [];
    if (identityOf(Number(pid)) === owner) return [{ block: Number(block), owner }];
    rmSync(path.join(folder, name), { force: true });
    return [];
  });
}
