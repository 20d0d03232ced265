/**
 * Correct solutions of other designs: none of them may ever lose a point. One that differs from the
 * solution of the lab in a detail is a diff; one that was written anew is a folder with the files that
 * it has of its own, and with its design in README.md.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { applyDiff, filesOf, parseEntry, type Sources } from './entry';

const folder = path.join(__dirname, 'right');

export interface RightSolution {
  readonly name: string;
  /** What is different in its design, in one sentence. */
  readonly design: string;
  /** The files that it changes or replaces. */
  readonly files: readonly string[];
  /** Makes the sources of this solution from those of the lab's. */
  readonly from: (solution: Sources) => Sources;
}

export function rightSolutions(): RightSolution[] {
  return readdirSync(folder)
    .sort()
    .filter((name) => name !== 'tsconfig.json')
    .map((name) =>
      statSync(path.join(folder, name)).isDirectory() ? writtenAnew(name) : variation(name),
    );
}

function variation(file: string): RightSolution {
  const name = path.basename(file, '.diff');
  const text = readFileSync(path.join(folder, file), 'utf8');
  const { fields, diff } = parseEntry(text, name, { required: ['Design'] });
  return {
    ...{ name, design: fields.get('Design') ?? '', files: filesOf(diff) },
    from: (solution) => applyDiff(solution, diff, name),
  };
}

function writtenAnew(name: string): RightSolution {
  const own = new Map<string, string>();
  const all = readdirSync(path.join(folder, name), { recursive: true, encoding: 'utf8' });
  for (const file of all.sort()) {
    if (!file.endsWith('.ts')) continue;
    own.set(file.replaceAll(path.sep, '/'), readFileSync(path.join(folder, name, file), 'utf8'));
  }
  const readme = readFileSync(path.join(folder, name, 'README.md'), 'utf8');
  const [, design = ''] = readme.split('\n\n');
  return {
    ...{ name, design: design.replaceAll('\n', ' ').trim(), files: [...own.keys()] },
    from: (solution) => new Map([...solution, ...own]),
  };
}
