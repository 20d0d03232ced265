/** Puts a hand-in together: the student's files from what was handed in, the framework's from here. */
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gradedParts } from '../../labtests/labs';
import { givenFilesIn, ownerOf, stubsFor } from '../../labtests/student-files';
import { solutionFolders } from '../../nodes/sandbox/solution-folders';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { readText } from '../../runtime/text-file';
import type { Part } from '../../suite/scenario/scenario';
import type { HandedIn } from './read';

const frameworkRoot = path.join(__dirname, '../..');

export interface Assembled {
  /** A folder with viewservice/, pbservice/ and client/. */
  readonly root: string;
  /** Files that every hand-in for these parts needs and this one does not have. */
  readonly missing: readonly string[];
  /** Files of the framework that the hand-in has otherwise: the framework's own stand in their place. */
  readonly ignored: readonly string[];
  remove(): void;
}

/** `parts`: what it is graded for. */
export function assemble(files: HandedIn, parts: readonly Part[] = gradedParts): Assembled {
  const root = temporaryFolder('viewlab-hand-in-');
  for (const folder of solutionFolders) mkdirSync(path.join(root, folder));
  const put = (file: string, write: (target: string) => void) => {
    const target = path.join(root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    write(target);
  };
  for (const file of givenFilesIn(frameworkRoot)) {
    put(file, (target) => copyFileSync(path.join(frameworkRoot, file), target));
  }
  for (const [file, text] of files) {
    if (ownerOf(file) === 'student') put(file, (target) => writeFileSync(target, text));
  }
  const remove = () => rmSync(root, { recursive: true, force: true });
  return { root, missing: missingIn(files, parts), ignored: ignoredIn(files), remove };
}

export function missingIn(files: HandedIn, parts: readonly Part[]): string[] {
  return stubsFor(parts).filter((file) => !files.has(file));
}

export function ignoredIn(files: HandedIn): string[] {
  return [...files].flatMap(([file, text]) => {
    if (ownerOf(file) !== 'framework') return [];
    const ours = path.join(frameworkRoot, file);
    return existsSync(ours) && readText(ours) === text.toString() ? [] : [file];
  });
}
