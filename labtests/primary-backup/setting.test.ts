/** Runs of part B have settings, seed 1 is plain, and a failure says what of its setting it needs. */
import { drawnFrom, drawnIn } from '../../suite/scenario/setting';
import { withBrokenSolution } from '../broken-solutions/broken-solution';
import { allScenarios } from '../catalogue';
import { runJob } from '../workers/run-job';
import { type LabSetting, labDimensions, plainLabSetting } from './setting';

const seeds = Array.from({ length: 80 }, (_, i) => i + 1);
const settings = seeds.map((seed) => drawnFrom(labDimensions, seed));

test('seed 1 is plain, and others differ in everything', () => {
  expect(settings[0]).toEqual(plainLabSetting);
  for (const [name, { choices }] of Object.entries(labDimensions)) {
    const drawn = new Set(settings.map((setting) => setting[name as keyof LabSetting]));
    expect(drawn.size).toBe(new Set<unknown>(choices).size);
  }
});

test('a dimension that is not kept is plain, and the others are as they were', () => {
  const seed =
    seeds.find((_, i) => drawnIn(labDimensions, settings[i] as LabSetting).length > 2) ?? 0;
  const [all, kept] = [drawnFrom(labDimensions, seed), drawnFrom(labDimensions, seed, ['nameOf'])];
  expect(kept).toEqual({ ...plainLabSetting, nameOf: all.nameOf });
});

test.each([
  [
    'nothing',
    /; with .* this run passes, and with awkward \(of the greatest length\) keys and values alone it fails$/,
  ],
  ['awkward keys and values', / or awkward keys and values there before alone it fails$/],
])(
  'long keys are refused in a transfer, with %s there before: the failure says what it takes',
  async (before, words) => {
    const seed = seeds.find((_, i) => {
      const setting = settings[i] as LabSetting;
      return (
        setting.alphabet.name === 'of the greatest length' &&
        setting.before.name === before &&
        drawnIn(labDimensions, setting).length > 1
      );
    });
    const scenario = allScenarios().find(({ id }) => id === 'B5');
    if (scenario === undefined || seed === undefined) throw new Error('there is no such run');
    const key = "key: v.pipe(v.string(), v.description('A key.')),\n    value";
    const shorter = key.replace('v.string()', 'v.string(), v.maxLength(1024)');
    await withBrokenSolution('pbservice/replication-api.ts', [[key, shorter]], async (root) => {
      const { failure } = await runJob(scenario, { scenario: 'B5', seeds: [seed], root });
      const line = failure?.setting ?? '';
      expect(line).toMatch(words);
      expect(line).toContain('awkward (of the greatest length) keys and values');
    });
  },
);
