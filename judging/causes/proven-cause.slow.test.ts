/** A trace proves nothing against a right clerk, in any scenario. */
import path from 'node:path';
import { allScenarios } from '../../labtests/catalogue';
import { Solution } from '../../nodes/sandbox/sandbox';
import { runScenario } from '../../suite/run/run-scenario';
import { provenCause } from './proven-cause';

const scenarios = allScenarios().filter(
  ({ part, campaign }) => part === 'B' && campaign === undefined,
);

test('these are all scenarios', () => {
  expect(scenarios.length).toBeGreaterThan(30);
});

test.each(scenarios.map((scenario) => [scenario.id, scenario] as const))(
  'nothing is proven against the solution in %s',
  async (_, scenario) => {
    const solution = new Solution(path.join(__dirname, '../..'));
    const { trace } = await runScenario(scenario, { seed: 1, solution, tracing: true });
    expect(provenCause(trace, 'stuck')).toBeUndefined();
  },
);
