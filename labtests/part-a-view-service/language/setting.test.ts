/** Settings are drawn from the seed, seed 1 is plain, and a failure says whether its setting matters. */
import type { Failure } from '../../../judging/failure';
import { Solution } from '../../../nodes/sandbox/sandbox';
import { runScenario } from '../../../suite/run/run-scenario';
import { breakSolution } from '../../broken-solutions/broken-solution';
import { allScenarios } from '../../catalogue';
import { drawnSetting, plainViewSetting, viewSettingInWords } from './setting';

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);
const settings = seeds.map((seed) => drawnSetting(seed));

test('seed 1 is plain, and the others differ in everything', () => {
  expect(settings[0]).toEqual(plainViewSetting);
  expect(new Set(settings.map(({ deadPings }) => deadPings)).size).toBe(4);
  expect(new Set(settings.map(({ pingIntervalMs }) => pingIntervalMs)).size).toBe(3);
  expect(new Set(settings.map(({ nameOf }) => nameOf(1))).size).toBe(4);
  expect(seeds.map((seed) => viewSettingInWords(drawnSetting(seed)))).toEqual(
    settings.map(viewSettingInWords),
  );
});

test('no two servers have one name', () => {
  for (const { nameOf } of settings) {
    const names = Array.from({ length: 250 }, (_, i) => nameOf(i + 1));
    expect(new Set(names).size).toBe(250);
  }
});

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** What scenario A10a fails with, with each of the first seeds, where the rules have this instead. */
async function failuresWith(code: string, instead: string): Promise<(Failure | null)[]> {
  const { root, remove } = breakSolution('viewservice/rules.ts', [[code, instead]]);
  cleanUps.push(remove);
  const scenario = allScenarios().find(({ id }) => id === 'A10a');
  if (scenario === undefined) throw new Error('there is no A10a');
  const failures: (Failure | null)[] = [];
  for (const seed of seeds.slice(0, 12)) {
    const run = { seed, solution: new Solution(root), tracing: false };
    failures.push((await runScenario(scenario, run)).failure);
  }
  return failures;
}

test('a failure that only the setting brings about says so', async () => {
  const [plain, ...drawn] = await failuresWith('missedPings < deadPings', 'missedPings < 5');
  expect(plain).toBeNull();
  const details = drawn.flatMap((failure) => failure?.setting ?? []);
  expect(details).toContainEqual(
    expect.stringMatching(
      /^deadPings 9, .*; with deadPings 5, pingIntervalMs 100, servers named like s1 this run passes$/,
    ),
  );
});

test('a failure that comes in the plain setting, too, is told in that', async () => {
  const failures = await failuresWith('missedPings < deadPings', 'missedPings < deadPings + 4');
  for (const failure of failures) {
    expect(failure?.expected).toMatch(/: s\d, the backup, was silent for 6 ticks$/);
    expect(failure?.details?.at(-1)).not.toContain('setting');
  }
});
