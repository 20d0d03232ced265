/** A mutant that matters is killed by a scenario; one that changes nothing survives. */

import { solutionFiles } from '../broken-solutions/broken-solution';
import { allScenarios } from '../catalogue';
import { WorkerPool } from '../workers/pool';
import { baselineOf, judgeMutant, type Knowledge, type MutantJudge, Stand } from './judge';
import { Killers } from './killers';
import type { Mutant } from './mutate';

const solution = solutionFiles();
const scenarios = allScenarios().filter(({ id }) => ['A3', 'A13'].includes(id));
const pool = new WorkerPool({ workers: 1 });
const judge: MutantJudge = { pool, scenarios, maxSeeds: 4 };
const stand = new Stand(solution);
let knowledge: Knowledge;

beforeAll(async () => {
  const baseline = await baselineOf(judge, stand.root);
  const killers = new Killers(new Map());
  knowledge = { baseline, killers, lastKill: undefined, survived: undefined };
});
afterAll(async () => {
  await pool.close();
  stand.remove();
});

/** A mutant of the rules, made by hand. */
function mutant(original: string, replacement: string): Mutant {
  const file = 'viewservice/rules.ts';
  const parts = (solution.get(file) ?? '').split(original);
  expect(parts).toHaveLength(2);
  const line = parts[0]?.split('\n').length ?? 0;
  return {
    ...{ file, line, column: 1, at: original, nth: 1, mutator: 'ByHand', original, replacement },
    ...{ ignored: undefined, mutated: parts.join(replacement) },
  };
}

const tooEarly = mutant('record.missedPings < deadPings', 'record.missedPings < 1');
/** The primary never changes without the backup. */
const equivalent = mutant('next.primary === view.primary && next.backup', 'next.backup');

function run(one: Mutant, more: Partial<Knowledge> = {}, { maxSeeds } = judge) {
  return stand.with(one, () =>
    judgeMutant({ ...judge, maxSeeds }, stand.root, one, { ...knowledge, ...more }),
  );
}

test('a mutant that breaks a rule is killed, and the verdict says by whom', async () => {
  const { kill } = await run(tooEarly);
  expect(kill).toMatchObject({ scenario: expect.stringMatching(/^A/), kind: 'expectation' });
});

test('an equivalent one survives all seeds of all scenarios, and no run differs', async () => {
  expect(await run(equivalent)).toMatchObject({ kill: null, differs: [], seeds: 4 });
});

test('the next one meets the solution as it was', async () => {
  await run(tooEarly);
  expect((await run(equivalent)).kill).toBeNull();
});

test('what killed it the last time is tried first', async () => {
  const lastKill = (await run(tooEarly)).kill ?? undefined;
  expect(lastKill).toBeDefined();
  // With no seeds but that one.
  expect((await run(tooEarly, { lastKill }, { ...judge, maxSeeds: 0 })).kill).toEqual(lastKill);
});

test('what it survived already is not run again', async () => {
  const survived = { kill: null, differs: ['A3'], seeds: 3, seconds: 1 };
  expect(await run(tooEarly, { survived }, { ...judge, maxSeeds: 3 })).toMatchObject({
    kill: null,
    differs: ['A3'],
  });
});

test('a solution that fails by itself is no measure', async () => {
  const failing = stand.with(tooEarly, () => baselineOf(judge, stand.root));
  await expect(failing).rejects.toThrow(/the solution itself fails A\d+:\d/);
});

test('scenarios that kill the neighbours of a mutant come first', () => {
  const killers = new Killers(new Map(allScenarios().map(({ id }) => [id, 10])));
  const all = allScenarios();
  const place = { file: 'pbservice/server.ts', line: 100 };
  killers.note({ ...place, line: 300 }, 'B4');
  killers.note({ ...place, line: 101 }, 'B31');
  killers.note({ file: 'client/clerk.ts', line: 100 }, 'B7');
  const order = killers.inOrder(place, all).map(({ id }) => id);
  expect(order.slice(0, 2)).toEqual(['B31', 'B4']);
  // Part A runs the view service alone.
  expect(order.filter((id) => id.startsWith('A'))).toEqual([]);
  const [first] = killers.inOrder({ file: 'viewservice/rules.ts', line: 1 }, all);
  expect(first?.part).toBe('A');
});
