/** Writes a handout into a folder of its own. */
import {
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../runtime/errors';
import { systemSentence } from '../../runtime/system-error';
import { ProgramFailure, UsageError } from '../../runtime/terminal/exit';
import type { Files } from './links';

/** Throws a UsageError unless the folder is new or empty, and outside the project. */
export function requireFreshFolder(out: string, project: string): void {
  const entry = entryAt(out);
  if (entry !== undefined && !entry.isDirectory()) {
    throw new UsageError(`--out: expected a folder, got the file ${out}`);
  }
  if (isWithin(realPath(out), realpathSync(project))) {
    throw new UsageError(`--out: expected a folder outside this project, got ${out}`);
  }
  const [first] = entry === undefined ? [] : readdirSync(out);
  if (first !== undefined) {
    throw new UsageError(
      `--out: expected a new or empty folder, but ${out} has files in it (${first}): ` +
        'remove them, or choose another folder',
    );
  }
}

/** Throws a Failure when that is not possible. */
export function writeFiles(files: Files, out: string): void {
  try {
    for (const [file, text] of files) {
      const target = path.join(out, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  } catch (error) {
    // Half a handout looks like a whole one. The folder may be what could not be made.
    const left = entryAt(out)?.isDirectory() ? readdirSync(out) : [];
    for (const name of left) rmSync(path.join(out, name), { recursive: true });
    throw new ProgramFailure(
      `cannot write the handout: ${systemSentence(error) ?? messageOf(error)}`,
    );
  }
}

function isWithin(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === '' || !(relative.startsWith('..') || path.isAbsolute(relative));
}

/** Without symbolic links, for what is not there yet, too. */
function realPath(file: string): string {
  const full = path.resolve(file);
  return entryAt(full)
    ? realpathSync(full)
    : path.join(realPath(path.dirname(full)), path.basename(full));
}

/** The file there; undefined when there is none, or could be none. */
function entryAt(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}
