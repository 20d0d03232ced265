/** Invariants of a lab are checked in every state, and their violations replay. */
import path from 'node:path';
import { pairSystem } from '../../labtests/part-0-break-it/system';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { addSystem, type Invariant } from '../systems';
import { explore } from './explore';
import { parseSchedule, type Schedule } from './schedule';
import { makeSystem } from './system';
import { walk } from './walk';

const host = new InProcessHost(new Solution(path.join(__dirname, '../..')));

/** Explores a pair of which this must hold besides. */
async function found(name: string, invariant: Invariant, deviations: number) {
  addSystem({ ...pairSystem, name, properties: [], invariants: [invariant] });
  const setting = { system: name, work: ['a'], servers: 2, crashes: 1, seed: 1, staged: true };
  const limits = { seconds: Number.POSITIVE_INFINITY, memoryMib: Number.POSITIVE_INFINITY };
  const { violation } = await explore({ setting, deviations, host, samples: 20, ...limits });
  return violation;
}

const rolesIn: (shown: Parameters<Invariant['broken']>[0]) => unknown[] = (shown) =>
  [...shown.values()].map((said) => (said as { role?: string } | null)?.role);

test('it is broken in the first state that breaks it, and its schedule breaks it again', async () => {
  const broken: Invariant['broken'] = (shown) =>
    rolesIn(shown).filter((role) => role === 'primary').length > 1 ? 'there are two' : undefined;
  const violation = await found('lonely', { name: 'one primary at most', broken }, 1);
  expect(violation?.failure).toEqual({
    ...{ kind: 'expectation', expected: 'one primary at most', actual: 'there are two' },
    details: ['an invariant of the lab: npm test and npm run grade do not look at it'],
  });
  const schedule = parseSchedule(violation?.schedule ?? '') as Schedule;
  expect(await walk(schedule, host)).toMatchObject({ fits: true, failure: violation?.failure });
  expect(await walk(schedule, host, { fromOutside: true })).toMatchObject({ failure: null });
});

test('where it holds nothing is found, and what nobody asks for is not judged', async () => {
  const seen = new Set<string>();
  const broken: Invariant['broken'] = (shown) => {
    for (const name of shown.keys()) seen.add(name);
    return undefined;
  };
  expect(await found('calm', { name: 'anything', broken }, 0)).toBeNull();
  expect([...seen].sort()).toEqual(['c1', 'reader', 's1', 's2']);
});

test('one that throws is told of, with the schedule', async () => {
  const broken = () => {
    throw new Error('no role');
  };
  const violation = await found('stumbling', { name: 'a role', broken }, 0);
  expect(violation?.failure).toMatchObject({
    expected: 'a role',
    actual: 'an error in the code of the invariant, which cannot judge this state: no role',
  });
});

test('a setting that a system cannot bear is none', async () => {
  addSystem({ ...pairSystem, name: 'fragile', properties: [], crashes: 0 });
  const setting = { system: 'fragile', work: ['a'], servers: 2, crashes: 1, seed: 1, staged: true };
  const system = () => makeSystem({ setting, host, merging: false });
  expect(system).toThrow('expected at most 0 crashes for the system fragile, got 1');
});
