/**
 * Reads under a lease: a primary answers them from its own memory, without asking its backup. That
 * is a flaw under a view service, and safe under a lease; but only because of the gate, which keeps
 * in the messages of a primary when its lease may have ended.
 */
import { Lease } from '../../arbiter/lease';
import type { Failure } from '../../judging/failure';
import { allScenarios } from '../../labtests/catalogue';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { Solution } from '../../nodes/sandbox/sandbox';
import { runScenario } from '../../suite/run/run-scenario';
import { modelNames } from './programs';

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
