/** The model notes nothing of a right view service, in whatever scenario. */
import { Solution } from '../../../nodes/sandbox/sandbox';
import { runScenario } from '../../../suite/run/run-scenario';
import { solutionFiles, writeSolution } from '../../broken-solutions/broken-solution';
import { allScenarios } from '../../catalogue';
import { rightSolutions } from '../../zoo/right-solutions';
import { PingModel } from './ping-model';

test('no right view service does anything that it notes, in any scenario', async () => {
  const noted = jest.spyOn(PingModel.prototype, 'judge');
  const reference = solutionFiles();
  const designs = rightSolutions().filter(({ files }) =>
    files.some((file) => /^viewservice/.test(file)),
  );
  const scenarios = allScenarios().filter(({ part }) => part === 'A');
  for (const sources of [reference, ...designs.map(({ from }) => from(reference))]) {
    const { root, remove } = writeSolution(sources);
    const solution = new Solution(root);
    for (const scenario of scenarios) {
      for (const seed of [1, 2]) await runScenario(scenario, { seed, solution, tracing: false });
    }
    remove();
  }
  expect(designs.length).toBeGreaterThan(5);
  expect(noted.mock.calls.filter(([broken]) => broken !== undefined)).toEqual([]);
  expect(noted).toHaveBeenCalled();
});
