/** Puts a hand-in together: the student files from what was handed in, everything else from here. */
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../temporary-folder';
import type { HandedIn } from './read';
import { studentFiles } from './student-files';

const frameworkRoot = path.join(__dirname, '../../..');

export interface Assembled {
  /** A folder with viewservice/, pbservice/ and client/. */
  readonly root: string;
  /** Student files that the hand-in does not have. */
  readonly missing: readonly string[];
  remove(): void;
}

export function assemble(files: HandedIn): Assembled {
  const root = temporaryFolder('viewlab-hand-in-');
  for (const folder of ['viewservice', 'pbservice', 'client']) {
    mkdirSync(path.join(root, folder));
    for (const name of readdirSync(path.join(frameworkRoot, folder))) {
      const file = `${folder}/${name}`;
      const isOurs = name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'main.ts';
      if (isOurs && !studentFiles.includes(file)) {
        copyFileSync(path.join(frameworkRoot, file), path.join(root, file));
      }
    }
  }
  for (const [file, text] of files) writeFileSync(path.join(root, file), text);
  const missing = studentFiles.filter((file) => !files.has(file));
  return { root, missing, remove: () => rmSync(root, { recursive: true, force: true }) };
}
