/** The scenarios of part B find what is wrong with replicas and clerks, and say what it is. */
import type { Failure } from '../scenario/failure';
import { Solution } from '../simulated/sandbox';
import { withBrokenSolution } from './broken-solution';
import { firstFailure } from './first-failure';
import { replicaFlaws } from './replicas';

test.each(replicaFlaws.map((flaw) => [flaw.name, flaw] as const))(
  'found: %s',
  async (_name, { file = 'pbservice/server.ts', replacements, meant, actual }) => {
    await withBrokenSolution(file, replacements, async (root) => {
      const solution = new Solution(root);
      const failures: (Failure | null)[] = [];
      for (const id of meant) failures.push(await firstFailure(id, solution, 20));
      expect(failures.map((failure) => failure?.kind)).not.toContain('framework');
      expect(meant.filter((_, i) => failures[i] === null)).toEqual([]);
      expect(failures[0]?.actual).toMatch(actual);
    });
  },
  60_000,
);
