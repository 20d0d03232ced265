/** Copies of the solution with a deliberate flaw, to see that the scenarios find it. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { solutionFolders } from '../../nodes/sandbox/solution-folders';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { readText } from '../../runtime/text-file';

const projectRoot = path.join(__dirname, '../..');

/** A text that stands exactly once in the file, and what is to stand there instead. */
export type Replacement = readonly [before: string, after: string];

export interface BrokenSolution {
  /** A folder with viewservice/, pbservice/ and client/, as `new Solution(root)` takes it. */
  readonly root: string;
  remove(): void;
}

/** Copies the solution and changes one file of it, for instance `viewservice/rules.ts`. */
export function breakSolution(file: string, replacements: readonly Replacement[]): BrokenSolution {
  const sources = solutionFiles();
  const source = sources.get(file);
  if (source === undefined) throw new Error(`the solution has no file ${file}`);
  sources.set(
    file,
    replacements.reduce((text, change) => replaceOnce(file, text, change), source),
  );
  return writeSolution(sources);
}

/** Writes a solution from nothing: texts by file name, for instance `viewservice/server.ts`. */
export function writeSolution(sources: ReadonlyMap<string, string>): BrokenSolution {
  const root = temporaryFolder('viewlab-broken-');
  for (const [name, text] of sources) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Breaks the solution for as long as `use` takes. */
export async function withBrokenSolution<T>(
  file: string,
  replacements: readonly Replacement[],
  use: (root: string) => Promise<T>,
): Promise<T> {
  const broken = breakSolution(file, replacements);
  try {
    return await use(broken.root);
  } finally {
    broken.remove();
  }
}

/** The files of the solution, by their names relative to the root. */
export function solutionFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of solutionFolders) {
    const names = readdirSync(path.join(projectRoot, folder), {
      recursive: true,
      encoding: 'utf8',
    });
    for (const name of names) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
      if (path.basename(name) === 'main.ts') continue;
      const text = readText(path.join(projectRoot, folder, name));
      files.set(`${folder}/${name.replaceAll(path.sep, '/')}`, text);
    }
  }
  return files;
}

function replaceOnce(file: string, text: string, [before, after]: Replacement): string {
  const parts = text.split(before);
  if (parts.length !== 2) {
    const times = parts.length - 1;
    throw new Error(`${file} has this text ${times} times instead of once: ${before}`);
  }
  return parts.join(after);
}
