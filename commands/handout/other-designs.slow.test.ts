/**
 * Under an arbiter, too, a solution is known by what its files declare: other names for what is private
 * and other designs of the rules do as well there as the solution of the lab.
 */

import { solutionFiles, writeSolution } from '../../labtests/broken-solutions/broken-solution';
import { allScenarios } from '../../labtests/catalogue';
import { rightSolutions } from '../../labtests/zoo/right-solutions';
import { Solution } from '../../nodes/sandbox/sandbox';
import { runScenario } from '../../suite/run/run-scenario';
import { modelNames } from '../../worlds/coordination/programs';
import { explore } from '../../worlds/explored/explore';
import { hostFor } from '../explore/explore';
import { withOtherNames, withoutLogs } from './other-names.testing';

const solution = solutionFiles();
const mine = withoutLogs(withOtherNames());
/** Rules that measure silence by a clock are no function of what they are given: nobody can share them. */
const designs = rightSolutions().filter(
  ({ name, files }) => files.includes('viewservice/rules.ts') && name !== 'vs-silence-by-clock',
);
const all = [
  { name: 'other names, and no logs', sources: mine },
  ...designs.map(({ name, from }) => ({ name, sources: from(solution) })),
];

/** A failover, a restart, a primary cut off, a transfer, and two failures one after the other. */
const telling = ['B2', 'B4', 'B7', 'B13', 'B19', 'B29'];

test('the other names are other ones', () => {
  expect(mine.get('viewservice/rules.ts')).not.toContain('readonly missedPings:');
  expect(mine.get('pbservice/server.ts')).not.toContain('private stateView:');
  expect(mine.get('viewservice/server.ts')).not.toContain('runtime.log(');
});

describe.each(modelNames)('under a model of %s', (arbiter) => {
  test.each(all)('$name: passes', async ({ sources }) => {
    const { root, remove } = writeSolution(sources);
    try {
      const copy = new Solution(root);
      for (const scenario of allScenarios().filter(({ id }) => telling.includes(id))) {
        for (const seed of [1, 2, 3]) {
          const run = { seed, solution: copy, arbiter, tracing: false };
          const { failure } = await runScenario(scenario, run);
          expect({ id: scenario.id, seed, failure }).toMatchObject({
            failure: null,
          });
        }
      }
    } finally {
      remove();
    }
  });

  test('with other names, every order of events within a bound is right', async () => {
    const { root, remove } = writeSolution(mine);
    try {
      const least = { servers: 2, crashes: 0, seed: 1, staged: true };
      const result = await explore({
        ...{ seconds: Number.POSITIVE_INFINITY, memoryMib: 8_192, deviations: 1 },
        host: hostFor(root, arbiter),
        setting: { ...least, work: ['a'], arbiter },
      });
      expect(result).toMatchObject({ violation: null, exhausted: 1, stopped: null, notes: [] });
    } finally {
      remove();
    }
  });
});
