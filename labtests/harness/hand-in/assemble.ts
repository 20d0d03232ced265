/**
 * Puts a hand-in together: the student files from what was handed in, everything else from here.
 * Whatever else a hand-in has is left where it is.
 */
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { studentFiles } from './student-files';

const frameworkRoot = path.join(__dirname, '../../..');
/** No student file is nearly as large. */
const maxFileBytes = 2 ** 20;

export interface Assembled {
  /** A folder with viewservice/, pbservice/ and client/. */
  readonly root: string;
  /** Student files that the hand-in does not have. */
  readonly missing: readonly string[];
  remove(): void;
}

/** Throws an Error that says what is wrong when this is no hand-in at all. */
export function assemble(submission: string): Assembled {
  const from = path.resolve(submission);
  if (!lstatSync(from, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`expected the folder of a hand-in, got ${submission}`);
  }
  const taken = studentFiles.filter((file) => isPlainFile(from, file));
  if (taken.length === 0) {
    throw new Error(`${submission} has none of the student files: ${studentFiles.join(', ')}`);
  }
  const root = mkdtempSync(path.join(tmpdir(), 'viewlab-hand-in-'));
  for (const folder of ['viewservice', 'pbservice', 'client']) {
    mkdirSync(path.join(root, folder));
    for (const name of readdirSync(path.join(frameworkRoot, folder))) {
      const file = `${folder}/${name}`;
      const isOurs = name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'main.ts';
      if (isOurs && !studentFiles.includes(file)) copy(frameworkRoot, file, root);
    }
  }
  for (const file of taken) copy(from, file, root);
  const missing = studentFiles.filter((file) => !taken.includes(file));
  return { root, missing, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A link, at the file or at its folder, could lead anywhere. */
function isPlainFile(root: string, file: string): boolean {
  const entry = lstatSync(path.join(root, file), { throwIfNoEntry: false });
  if (entry === undefined || !lstatSync(path.join(root, path.dirname(file))).isDirectory()) {
    return false;
  }
  if (entry.isFile() && entry.size > maxFileBytes) {
    throw new Error(`${file} has ${entry.size} bytes, at most ${maxFileBytes} are taken`);
  }
  return entry.isFile();
}

function copy(from: string, file: string, to: string): void {
  copyFileSync(path.join(from, file), path.join(to, file));
}
