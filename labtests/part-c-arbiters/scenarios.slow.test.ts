/**
 * The scenarios of part B with the model of a coordination service in the place of the view service.
 * More of them: `npm run test:soak -- --arbiter etcd --runs 250`.
 */
import path from 'node:path';
import { Solution } from '../../nodes/sandbox/sandbox';
import { runScenario } from '../../suite/run/run-scenario';
import { modelNames } from '../../worlds/coordination/programs';
import { allScenarios } from '../catalogue';
import { fits } from './scenarios';

const root = path.resolve(__dirname, '../..');

test.each(modelNames)('every scenario that fits passes with a model of %s', async (arbiter) => {
  const solution = new Solution(root);
  const failures = [];
  for (const scenario of allScenarios().filter((one) => fits(one, arbiter, false))) {
    for (const seed of [1, 2]) {
      const options = { seed, solution, arbiter, tracing: false };
      const { failure } = await runScenario(scenario, options);
      if (failure !== null) failures.push({ scenario: scenario.id, seed, failure });
    }
  }
  expect(failures).toEqual([]);
});
