/** Replicas under an arbiter, explored: what they do depends on what time it is. */
import '../../labtests/labs';
import path from 'node:path';
import { Lease } from '../../arbiter/lease';
import { hostFor, walkText } from '../../commands/explore/explore';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { modelNames } from '../coordination/programs';
import { explore } from './explore';
import { formatSchedule, parseSchedule } from './schedule';
import type { Setting } from './setting';

const root = path.join(__dirname, '../..');
/** Far more than any of them needs: time decides nothing here. */
const limits = { seconds: Number.POSITIVE_INFINITY, memoryMib: 8_192 };
const least = { servers: 2, crashes: 0, seed: 1, staged: true };

test.each(modelNames)(
  'the reference has no violation within a bound under a model of %s',
  async (arbiter) => {
    const setting: Setting = { ...least, work: ['a'], arbiter };
    const result = await explore({
      ...limits,
      host: hostFor(root, arbiter),
      deviations: 1,
      setting,
    });
    expect(result).toMatchObject({ violation: null, exhausted: 1, stopped: null, notes: [] });
  },
);

/**
 * A primary that answers reads from its own memory is right as long as its lease holds. It stops for
 * longer than that; a client whose call was held back then still takes it for the primary.
 */
test('a pause past the lease does harm only where the gate is open', async () => {
  const schedule = 'explore:aa-ag.s2.k0.etcd:15pause.s1,0hold.c2.get';
  await withWrongSolution('primary-reads-locally', async (folder) => {
    const kept = await walkText(schedule, folder);
    expect(kept).toMatchObject({ fits: true, failure: null });
    const gate = jest.spyOn(Lease.prototype, 'holds', 'get').mockReturnValue(true);
    try {
      const open = await walkText(schedule, folder);
      expect(open).toMatchObject({ fits: true, failure: { kind: 'not linearizable' } });
    } finally {
      gate.mockRestore();
    }
  });
});

test('schedules say who decides', () => {
  const text = 'explore:aa-ag.s2.k0.zookeeper:15,pause.s1';
  const schedule = parseSchedule(text);
  expect(schedule?.setting.arbiter).toBe('zookeeper');
  expect(schedule && formatSchedule(schedule)).toBe(text);
});
