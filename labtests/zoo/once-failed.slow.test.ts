/** Runs that once took points from right solutions, and do so no more. */

import '../labs';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { explore } from '../../worlds/explored/explore';
import { parseSchedule, type Schedule } from '../../worlds/explored/schedule';
import { walk } from '../../worlds/explored/walk';
import { allScenarios } from '../catalogue';
import { runJob } from '../workers/run-job';
import { withRightSolution } from './with-wrong-solution.testing';

jest.setTimeout(120_000);

test.each([
  ['pings-only-at-ticks', 'B25', [1007, 2005, 2026, 803748723]],
  // A ping 0 of the server that restarted is on its way when the view is made with it.
  ['vs-changes-with-next-tick', 'B8a', [226675067, 2105164681]],
  ['vs-changes-with-next-tick', 'B30', [724332379]],
  // A server crashes while the view service is stopped.
  ['vs-silence-by-clock', 'B25', [196861163, 196861219]],
  // A ping of the server that crashes is on its way when the other one is cut off.
  ['vs-restarted-primary-waits', 'B30', [1768835578]],
  ['vs-changes-with-next-tick', 'B16b', [226675203]],
  ['refuses-until-ready', 'B30', [1389003912]],
] as const)(
  'the scenario takes the only server that the rules name: %s, %s',
  async (name, id, seeds) => {
    const scenario = allScenarios().find((other) => other.id === id);
    if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
    await withRightSolution(name, async (root) => {
      const result = await runJob(scenario, { scenario: id, seeds, root });
      expect(result).toMatchObject({ failure: null, runs: seeds.length });
    });
  },
);

test('a ping 0 is delivered a second time when the view waits for its acknowledgement', async () => {
  const limits = { seconds: 100, memoryMib: 8_192, deviations: 1 };
  await withRightSolution('clerk-asks-twice', async (root) => {
    const host = new InProcessHost(new Solution(root));
    for (const end of ['', ',10free.s1-vs.ping']) {
      const text = `explore:a.s2.k1.start:12twice.s1-vs.ping${end}`;
      expect(await walk(parseSchedule(text) as Schedule, host)).toMatchObject({ failure: null });
    }
    const setting = { work: ['a'], servers: 2, crashes: 1, seed: 1, staged: false };
    const explored = await explore({ ...limits, host, setting });
    expect(explored).toMatchObject({ violation: null, exhausted: 1, stopped: null });
  });
});
