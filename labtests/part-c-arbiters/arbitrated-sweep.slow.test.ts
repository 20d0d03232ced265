/**
 * Every single fault at every step, where a lease decides who may serve. More of them:
 * `npm run test:soak -- --arbiter etcd --swept`.
 */
import path from 'node:path';
import { Lease } from '../../arbiter/lease';
import { Solution } from '../../nodes/sandbox/sandbox';
import { arbitratedArena } from '../../suite/campaigns/arbitrated-arena';
import { modelNames } from '../../worlds/coordination/programs';
import { withWrongSolution } from '../zoo/with-wrong-solution.testing';
import { renewalSweep, writeSweep } from './arbitrated-sweep';

const root = path.resolve(__dirname, '../..');

test.each(modelNames)(
  'no fault at any step of a write does harm with a model of %s',
  async (arbiter) => {
    const arena = arbitratedArena({ arbiter, solution: new Solution(root), seed: 1 });
    const { failure, remark } = await writeSweep.run(arena);
    expect(failure).toBeNull();
    const [, runs] = /^(\d+) runs: every fault at every step$/.exec(remark) ?? [];
    expect(Number(runs)).toBeGreaterThan(50);
  },
);

/** A primary that answers reads from its own memory gives away that another one serves, too. */
test.each(modelNames)('while leases of %s are renewed, never two may serve', async (arbiter) => {
  await withWrongSolution('primary-reads-locally', async (folder) => {
    const arena = arbitratedArena({ arbiter, solution: new Solution(folder), seed: 1 });
    const kept = await renewalSweep.run({ ...arena, share: 0.5 });
    expect(kept).toMatchObject({
      failure: null,
      remark: expect.stringMatching(/^\d+ runs: a part/),
    });
    const gate = jest.spyOn(Lease.prototype, 'holds', 'get').mockReturnValue(true);
    try {
      const { failure, schedule } = await renewalSweep.run(arena);
      expect(failure?.actual).toMatch(/^stale read: /);
      expect(failure?.anomalies).toContain('split brain');
      expect(schedule).toMatch(/^swept-\w+:1:w1\.\d+\w+\./);
    } finally {
      gate.mockRestore();
    }
  });
});
