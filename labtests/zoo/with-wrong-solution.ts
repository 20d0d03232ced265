import { solutionFiles, writeSolution } from '../harness/broken-solutions/broken-solution';
import { applyDiff } from './entry';
import { wrongSolutions } from './wrong-solutions';

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
  const { root, remove } = writeSolution(applyDiff(solutionFiles(), wrong.diff, name));
  try {
    return await use(root);
  } finally {
    remove();
  }
}
