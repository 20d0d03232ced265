/** Arguments of npm test are understood, or the message says which would be. */
import { allScenarios } from '../../labtests/catalogue';
import { parseTestArguments } from './arguments';

const known = {
  all: allScenarios(),
  files: ['viewservice/rules.test.ts', 'labtests/part-0-break-it/part-0.test.ts'],
  options: {
    verbose: { type: 'boolean' },
    testNamePattern: { alias: 't', type: 'string' },
    runInBand: { alias: 'i', type: 'boolean' },
    maxWorkers: { alias: 'w', type: 'string' },
    cache: { type: 'boolean' },
  },
};
const parse = (...words: string[]) => parseTestArguments(words, known);
const partA = 'labtests/part-a-view-service/part-a\\.test';
const partB = 'labtests/part-b-primary-backup/part-b\\.test';
const nothing = { only: undefined, skip: undefined, seed: undefined };

test('without a word everything runs', () => {
  expect(parse()).toEqual({ ...nothing, forJest: [] });
});

test.each([
  [['B2'], { only: 'B2', forJest: [partB] }],
  [['b2'], { only: 'b2', forJest: [partB] }],
  [['A', '--seed', '7'], { only: 'A', seed: 7, forJest: [partA] }],
  [['part-a', 'B9c'], { only: 'part-a,B9c', forJest: [partA, partB] }],
  [['A2,B9'], { only: 'A2,B9', forJest: [partA, partB] }],
  [['--skip', 'B36,B37'], { skip: 'B36,B37', forJest: [] }],
  [['--skip=B36', 'part-b'], { skip: 'B36', only: 'part-b', forJest: [partB] }],
  [['rules'], { forJest: ['rules'] }],
  [['part-0'], { forJest: ['part-0'] }],
  [
    ['viewservice/rules.test.ts', 'B2'],
    { only: 'B2', forJest: [partB, 'viewservice/rules.test.ts'] },
  ],
  [['-t', 'A2', 'rules'], { forJest: ['-t', 'A2', 'rules'] }],
  [['-i', 'B2'], { only: 'B2', forJest: ['-i', partB] }],
  [
    ['--max-workers=1', '--no-cache', '--verbose'],
    { forJest: ['--max-workers=1', '--no-cache', '--verbose'] },
  ],
])('%j', (words, expected) => {
  expect(parse(...words)).toEqual({ ...nothing, ...expected });
});

test.each([
  [['part-a', '--seed'], /^--seed: expected a whole number from 0 on after it, got nothing$/],
  [['part-a', '--seed', 'x'], /got "x"$/],
  [['--seed=-1'], /got "-1"$/],
  [['B44'], /got "B44"\. Did you mean B4\?$/],
  [['part-c'], /Did you mean part-a\?$/],
  [
    ['B4:17'],
    /^expected scenarios, got the run "B4:17": npm run replay -- B4:17, or npm test -- B4 --seed 17$/,
  ],
  [['rulez'], /a part of the name of a test file; got "rulez"\. Did you mean rules\?$/],
  [
    ['--sed', '7'],
    /^unknown option --sed; expected .* or an option of jest\. Did you mean --seed\?$/,
  ],
  [['--skip', 'B44'], /got "B44"/],
  [['--skip'], /got ""/],
  [['B36', '--skip', 'B36'], /expected to leave something/],
])('%j is answered with what would do', (words, sentence) => {
  expect(() => parse(...words)).toThrow(sentence);
});
