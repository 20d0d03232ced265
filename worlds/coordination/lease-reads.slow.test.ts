/**
 * What a lease buys: a primary that answers reads from its own memory, without asking its backup. It
 * is a flaw under a view service, and safe under a lease; but only because of the gate, which keeps
 * in what a primary says when its lease may have ended.
 */
import { Lease } from '../../../arbiter/lease';
import { allScenarios } from '../../catalogue';
import { withWrongSolution } from '../../zoo/with-wrong-solution';
import { runScenario } from '../run-scenario';
import type { Failure } from '../scenario/failure';
import { Solution } from '../simulated/sandbox';
import { modelNames } from './programs';

jest.setTimeout(120_000);

/** Scenarios in which a primary is deposed without knowing it. */
const deposed = ['B13', 'B14', 'B16a', 'B24'];
const seeds = Array.from({ length: 8 }, (_, index) => index + 1);

async function failures(arbiter: (typeof modelNames)[number]): Promise<Failure[]> {
  const found: Failure[] = [];
  await withWrongSolution('primary-reads-locally', async (root) => {
    const solution = new Solution(root);
    for (const scenario of allScenarios().filter(({ id }) => deposed.includes(id))) {
      for (const seed of seeds) {
        const { failure } = await runScenario(scenario, {
          seed,
          solution,
          arbiter,
          tracing: false,
        });
        if (failure !== null) found.push(failure);
      }
    }
  });
  return found;
}

test.each(modelNames)('under a lease of %s, local reads are linearizable', async (arbiter) => {
  expect(await failures(arbiter)).toEqual([]);
});

test('without the gate they are not, and the checker shows it', async () => {
  const gate = jest.spyOn(Lease.prototype, 'holds', 'get').mockReturnValue(true);
  try {
    const found = await failures('etcd');
    expect(found.map(({ kind }) => kind)).toContain('not linearizable');
    expect(found[0]?.actual).toMatch(/^stale read: /);
  } finally {
    gate.mockRestore();
  }
});
