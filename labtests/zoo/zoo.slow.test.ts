/**
 * Calibrates the scenarios: what is wrong is caught by a scenario that is meant for it, in words that
 * say why; what is only another design passes. `npm run zoo` does the same with all scenarios.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { solutionFiles } from '../broken-solutions/broken-solution';
import { labs } from '../labs';
import { applyDiff, parseEntry } from './entry';
import { gradeZoo, type ZooResult } from './grade';
import { rightSolutions } from './right-solutions';
import { areas, explains, wrongSolutions } from './wrong-solutions';

const wrong = wrongSolutions();
const right = rightSolutions();
const reference = solutionFiles();
let result: ZooResult;

beforeAll(async () => {
  result = await gradeZoo({ wrong, right, meets: 'the first meant', otherSeeds: 0, rightSeeds: 1 });
}, 3_600_000);

test.each(Object.entries(areas))('there are enough bugs of the %s', (area, least) => {
  expect(wrong.filter((solution) => solution.area === area).length).toBeGreaterThanOrEqual(least);
});

describe('a diff', () => {
  const fields = { required: ['Bug'] };
  const text = (from: string) =>
    `Bug: A bug.\n\n--- a/client/clerk.ts\n+++ b/client/clerk.ts\n${from}`;
  const apply = (from: string) =>
    applyDiff(reference, parseEntry(text(from), 'x', fields).diff, 'x');

  test('that fits changes the file', () => {
    const changed = apply('@@ -1,1 +1,1 @@\n-/**\n+/* !\n').get('client/clerk.ts');
    expect(changed?.startsWith('/* !\n * The clerk')).toBe(true);
  });

  test.each([
    ['that no longer fits', '@@ -1,1 +1,1 @@\n-// was here once\n+/* !\n'],
    ['whose surroundings have changed', '@@ -1,2 +1,2 @@\n-/**\n+/* !\n  * was here once\n'],
  ])('%s is an error', (_what, from) => {
    expect(() => apply(from)).toThrow('x: the diff does not fit client/clerk.ts any more');
  });

  test('of a file that is not for students is an error', () => {
    const diff = '--- a/runtime/node.ts\n+++ b/runtime/node.ts\n@@ -1,1 +1,1 @@\n-/**\n+/* !\n';
    expect(() => applyDiff(reference, diff, 'x')).toThrow('got runtime/node.ts');
  });

  test.each([
    ['without a field', 'Why: So.\n\n'],
    ['with a field twice', 'Bug: A.\nBug: B.\n\n'],
    ['with an empty field', 'Bug: \n\n'],
  ])('%s is an error', (_what, entry) => {
    expect(() => parseEntry(entry, 'x', fields)).toThrow('expected each of the fields Bug once');
  });
});

test.each(wrong.map(({ name }) => name))('caught: %s', (name) => {
  const graded = result.wrong.find(({ solution }) => solution.name === name);
  const { catches = [], passed } = graded ?? {};
  const [first] = graded?.solution.meant ?? [];
  const failure = catches.find(({ scenario }) => scenario === first)?.failure;
  expect({ passed, failure }).toEqual({ passed: [], failure: expect.anything() });
  if (graded === undefined || failure === undefined) return;
  const { kind, expected, actual, remedy } = failure;
  // What is shown when the explanation is not the right one.
  const { solution } = graded;
  expect(explains(solution, failure) ? {} : { kind, expected, actual, remedy }).toEqual({});
});

const harms = labs.flatMap(({ part, harms: table = {} }) =>
  Object.keys(table).map((kind) => [kind, part] as const),
);

test.each(harms)('a wrong solution shows the harm %s of part %s', (kind, part) => {
  const shown = result.wrong.flatMap(({ catches }) =>
    catches.flatMap(({ scenario, failure }) => {
      const { anomalies = [] } = failure;
      const all: string[] =
        failure.kind === 'stuck' ? [...anomalies, 'stuck after heal'] : [...anomalies];
      return scenario.startsWith(part) ? all : [];
    }),
  );
  expect(shown).toContain(kind);
});

test.each(right.map(({ name }) => name))('passes: %s', (name) => {
  const graded = result.right.find(({ solution }) => solution.name === name);
  expect(graded?.failures.map(({ scenario, seed, failure }) => [scenario, seed, failure])).toEqual(
    [],
  );
});

test('right solutions have no type errors', () => {
  const project = path.join(__dirname, 'right');
  const tsc = require.resolve('typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', project], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});
