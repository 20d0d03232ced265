import { solutionFiles, writeSolution } from '../broken-solutions/broken-solution';
import { applyDiff, type Sources } from './entry';
import { rightSolutions } from './right-solutions';
import { wrongSolutions } from './wrong-solutions';

/** Writes the right solution of this name to a folder for as long as `use` takes. */
export async function withRightSolution<T>(
  name: string,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const right = rightSolutions().find((other) => other.name === name);
  if (right === undefined) throw new Error(`the zoo has no right solution ${name}`);
  return withSources(right.from(solutionFiles()), use);
}

/**
 * Writes the wrong solution of this name to a folder for as long as `use` takes. Throws an Error when
 * there is none.
 */
export async function withWrongSolution<T>(
  name: string,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const wrong = wrongSolutions().find((other) => other.name === name);
  if (wrong === undefined) throw new Error(`the zoo has no wrong solution ${name}`);
  return withSources(applyDiff(solutionFiles(), wrong.diff, name), use);
}

async function withSources<T>(sources: Sources, use: (root: string) => Promise<T>): Promise<T> {
  const { root, remove } = writeSolution(sources);
  try {
    return await use(root);
  } finally {
    remove();
  }
}
