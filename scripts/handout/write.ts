/** Writes a handout into a folder of its own. */
import { mkdirSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../../runtime/terminal/exit';
import type { Files } from './collect';

/** Throws a UsageError unless the folder is new or empty, and outside the project. */
export function requireFreshFolder(out: string, project: string): void {
  const entry = statSync(out, { throwIfNoEntry: false });
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

export function writeFiles(files: Files, out: string): void {
  for (const [file, text] of files) {
    const target = path.join(out, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

function isWithin(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === '' || !(relative.startsWith('..') || path.isAbsolute(relative));
}

/** Without symbolic links, for what is not there yet, too. */
function realPath(file: string): string {
  const full = path.resolve(file);
  const exists = statSync(full, { throwIfNoEntry: false }) !== undefined;
  return exists ? realpathSync(full) : path.join(realPath(path.dirname(full)), path.basename(full));
}
