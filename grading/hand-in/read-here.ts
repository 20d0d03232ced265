/** Reads a hand-in in this process, which may not survive it: see `read.ts`. */
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../runtime/errors';
import { kindOf, readKinds } from './file-types';
import { folderSource } from './folder';
import type { Source } from './listing';
import { type HandedIn, selectFiles } from './select';
import { tarSource } from './tar';
import { zipSource } from './zip';

/** People hand in their node_modules too. */
const maxArchiveBytes = 256 * 2 ** 20;

/** Throws an Error that says what is wrong when this is no hand-in at all. */
export async function readHere(handIn: string): Promise<HandedIn> {
  const source = sourceOf(handIn);
  try {
    return await selectFiles(source);
  } catch (error) {
    throw new Error(`${handIn} cannot be read as a hand-in: ${messageOf(error)}`);
  }
}

function sourceOf(handIn: string): Source {
  const from = path.resolve(handIn);
  const entry = lstatSync(from, { throwIfNoEntry: false });
  if (entry === undefined) {
    throw new Error(`expected ${readKinds}, got ${handIn}, which is not there`);
  }
  if (entry.isDirectory()) return folderSource(from);
  if (entry.isSymbolicLink()) {
    throw new Error(`${handIn} is a link, which is not followed: expected ${readKinds}`);
  }
  if (!entry.isFile()) throw new Error(`${handIn} is no file: expected ${readKinds}`);
  if (entry.size > maxArchiveBytes) {
    const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
    throw new Error(`${handIn} has ${mib(entry.size)}, at most ${mib(maxArchiveBytes)} are read`);
  }
  try {
    const kind = kindOf(from);
    return kind === 'zip' ? zipSource(from) : tarSource(from, kind === 'gzip');
  } catch (error) {
    throw new Error(`${handIn} ${messageOf(error)}`);
  }
}
