/**
 * The owners of the files in the folders of a solution. The framework's own files there are listed here;
 * every other module is the student's, in as many files as they like.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { solutionFolders } from '../nodes/sandbox/solution-folders';
import { labs, withFoundations } from './labs';

/** The files that students write and a handout has as stubs, in the order in which to work. */
export const stubFiles: readonly string[] = labs.flatMap(({ stubs }) => stubs);

/** The files that a handout has and a hand-in needs when it is about these parts: those that they build on, too. */
export function stubsFor(parts: readonly string[]): readonly string[] {
  const needed = withFoundations(parts);
  return labs.flatMap(({ part, stubs }) => (needed.includes(part) ? stubs : []));
}

/** The framework's own: in a hand-in they are ignored. What ends in a slash is a whole folder. */
const givenFiles: readonly string[] = labs.flatMap(({ given }) => given);

/** How many modules a hand-in may have in the three folders, the framework's own included. */
export const maxModules = 150;
/** How many folders may lie in each other below one of the three. */
export const maxFolders = 4;
/** Of one folder or file; in any script, and without what a shell or a system takes for more. */
const plainName = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.,+@()&=~ -]{0,99}$/u;

export type Owner = 'framework' | 'student';

/**
 * Whose module it is; undefined when it is none, or lies elsewhere: tests are nobody's. `file` is
 * relative to the root, with slashes. However a given file is written, it stays the framework's.
 */
export function ownerOf(file: string): Owner | undefined {
  if (!isModule(file) || !isPlainPlace(file)) return undefined;
  const lower = file.toLowerCase();
  const isGiven = givenFiles.some((each) =>
    each.endsWith('/') ? lower.startsWith(each) : lower === each,
  );
  return isGiven ? 'framework' : 'student';
}

/** Whether a student may write it and need not: no stub stands for it, and no handout has anything of it. */
export function isBesideStubs(file: string): boolean {
  return ownerOf(file) === 'student' && !stubFiles.includes(file);
}

/** Whether it is a module in one of the three folders. */
export function isModule(file: string): boolean {
  const isInside = solutionFolders.some((folder) => file.startsWith(`${folder}/`));
  return isInside && /(?<!\.test)\.ts$/i.test(file);
}

/** Not too deep, and of names that mean the same everywhere. */
function isPlainPlace(file: string): boolean {
  const [, ...names] = file.split('/');
  return names.length <= maxFolders + 1 && names.every((name) => plainName.test(name));
}

/** The files among these that are the student's. */
export function studentFilesAmong(files: Iterable<string>): string[] {
  return [...files].filter((file) => ownerOf(file) === 'student');
}

/** The student's modules in the folders of a solution, relative to its root, with slashes: stubs first. */
export function studentFilesIn(root: string): string[] {
  return studentFilesAmong(modulesIn(root));
}

/** The framework's own modules in these folders. */
export function givenFilesIn(root: string): string[] {
  return modulesIn(root).filter((file) => ownerOf(file) === 'framework');
}

function modulesIn(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of entriesOf(path.join(root, folder))) {
      const file = `${folder}/${entry.name}`;
      if (!isPlainPlace(file)) continue;
      if (entry.isDirectory()) walk(file);
      else if (entry.isFile()) found.push(file);
    }
  };
  for (const folder of solutionFolders) walk(folder);
  const place = (file: string) =>
    stubFiles.includes(file) ? stubFiles.indexOf(file) : stubFiles.length;
  return found.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A student may have removed it; whoever needs a file of it says so.
    return [];
  }
}
