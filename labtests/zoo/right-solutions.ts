/**
 * Correct solutions of other designs: none of them may ever lose a point. One that differs from the
 * solution of the lab in a detail is a diff; one that was written anew is a folder with the files that
 * it has of its own, and with its design in README.md, if it has one.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../runtime/errors';
import { UsageError } from '../../runtime/terminal/exit';
import { readText } from '../../runtime/text-file';
import { applyDiff, filesOfDiff, parseEntry, type Sources } from './entry';

const ownFolder = path.join(__dirname, 'right');

export interface RightSolution {
  readonly name: string;
  /** The difference of its design, in one sentence. */
  readonly design: string;
  /** The files that it changes or replaces. */
  readonly files: readonly string[];
  /** Makes the sources of this solution from those of the lab's. */
  readonly from: (solution: Sources) => Sources;
}

/** Throws a UsageError when there is no such folder. */
export function rightSolutions(folder = ownFolder): RightSolution[] {
  return namesIn(folder)
    .sort()
    .flatMap((name) => {
      const file = path.join(folder, name);
      if (statSync(file).isDirectory()) return writtenAnew(file);
      return name.endsWith('.diff') ? variation(file) : [];
    });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new UsageError(`expected a folder of solutions, got ${folder}: ${messageOf(error)}`);
  }
}

function variation(file: string): RightSolution {
  const name = path.basename(file, '.diff');
  const text = readText(file);
  const { fields, diff } = parseEntry(text, name, { required: ['Design'] });
  return {
    ...{ name, design: fields.get('Design') ?? '', files: filesOfDiff(diff) },
    from: (solution) => applyDiff(solution, diff, name),
  };
}

function writtenAnew(folder: string): RightSolution[] {
  const name = path.basename(folder);
  const own = new Map<string, string>();
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const file of all.sort()) {
    if (!file.endsWith('.ts')) continue;
    own.set(file.replaceAll(path.sep, '/'), readText(path.join(folder, file)));
  }
  if (own.size === 0) return [];
  const readme = path.join(folder, 'README.md');
  const [, design = ''] = existsSync(readme) ? readText(readme).split('\n\n') : [];
  return [
    {
      ...{ name, design: design.replaceAll('\n', ' ').trim(), files: [...own.keys()] },
      from: (solution) => new Map([...solution, ...own]),
    },
  ];
}
