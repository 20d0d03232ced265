/** The score counts what ran, and an explanation that does not hold is an error. */
import { solutionFiles } from '../broken-solutions/broken-solution';
import { Explanations, readExplanations } from './explanations';
import type { MutantVerdict } from './judge';
import type { Mutant } from './mutate';
import {
  areMutantsExplained,
  type MutantResult,
  mutantSummary,
  mutantTotals,
  mutationReport,
} from './summary';

const mutant: Mutant = {
  ...{ file: 'viewservice/rules.ts', line: 94, column: 10, nth: 1, mutated: '' },
  ...{ at: 'return a < b;', mutator: 'EqualityOperator', original: 'a < b', replacement: 'a <= b' },
  ignored: undefined,
};
const survived: MutantVerdict = { kill: null, differs: ['A4'], seeds: 20, seconds: 2 };
const kill = { scenario: 'A4', seed: 1, kind: 'expectation', expected: 'x', actual: 'y' } as const;
const killed: MutantVerdict = { kill, differs: [], seeds: 20, seconds: 1 };
const explained = { kind: 'equivalent', reason: 'a is never b' } as const;

function result(verdict: MutantVerdict | null, more: Partial<MutantResult> = {}): MutantResult {
  return { mutant, verdict, explained: undefined, ...more };
}

const fine = [
  ...[result(killed), result(killed), result(survived, { explained })],
  result(null, { mutant: { ...mutant, ignored: 'words' } }),
];

test('the score is the share of the killed; what is explained is told apart', () => {
  expect(mutantTotals(fine)).toEqual({
    ...{ mutants: 3, killed: 2, explained: 1, unexplained: 0, ignored: 1 },
    ...{ score: 66.6, scoreOfOthers: 100 },
  });
  const text = mutantSummary({ results: fine, stale: [] });
  expect(text).toContain('equivalent: a is never b\n');
  expect(text).toMatch(/Mutation score 66\.6 %: 2 of 3 mutants killed; 1 survivors? .*$/);
});

test.each<[string, readonly MutantResult[], readonly string[], boolean]>([
  ['all are killed or explained', fine, [], true],
  ['a survivor is not explained', [...fine, result(survived)], [], false],
  ['an explanation fits no mutant', fine, ['viewservice/rules.ts: ...'], false],
  ['an explained one is killed', [...fine, result(killed, { explained })], [], false],
])('%s', (_what, results, stale, isFine) => {
  expect(areMutantsExplained({ results, stale })).toBe(isFine);
});

test('the report has the states that tools know', () => {
  const all = [...fine, result(survived)];
  const { files } = mutationReport({ results: all, stale: [] }, solutionFiles());
  const { mutants } = files['viewservice/rules.ts'] as { mutants: Record<string, unknown>[] };
  expect(mutants.map(({ status }) => status)).toEqual([
    ...['Killed', 'Killed', 'Ignored', 'Ignored', 'Survived'],
  ]);
  expect(mutants[0]).toMatchObject({
    location: { start: { line: 94, column: 10 }, end: { line: 94, column: 15 } },
    killedBy: ['A4'],
    statusReason: 'seed 1: expected x, got y',
  });
});

describe('explanations', () => {
  const { file, at, mutator, original, replacement } = mutant;
  const change = { file, at, mutator, original, replacement };
  const entry = { ...explained, mutants: [change] };

  test('hold for a mutant wherever its line moves', () => {
    const explanations = new Explanations([entry]);
    expect(explanations.of({ ...mutant, line: 7 })).toEqual(explained);
    expect(explanations.of({ ...mutant, replacement: 'a > b' })).toBeUndefined();
    expect(explanations.of({ ...mutant, nth: 2 })).toBeUndefined();
  });

  test('that fit no mutant are stale', () => {
    const explanations = new Explanations([entry]);
    expect(explanations.stale([mutant])).toEqual([]);
    expect(explanations.stale([{ ...mutant, at: 'return a < b + 1;' }])).toEqual([
      'viewservice/rules.ts: EqualityOperator in `return a < b;`: `a < b` -> `a <= b`',
    ]);
  });

  test('are given once', () => {
    expect(() => new Explanations([entry, entry])).toThrow('explained twice');
  });

  test.each([
    ['without a reason', { ...entry, reason: '' }],
    ['of an unknown kind', { ...entry, kind: 'whatever' }],
    ['of nothing', { ...entry, mutants: [] }],
  ])('%s are an error', (_what, one) => {
    expect(() => readExplanations(JSON.stringify([one]))).toThrow(/^survivors\.json: /);
  });
});
