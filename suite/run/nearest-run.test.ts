import type { Failure } from '../../judging/failure';
import type { TraceEvent } from '../../runtime/trace';
import type { RunResult } from '../scenario/run-result';
import { nearestPassing } from './nearest-run';
import { runSeeds } from './run-seeds';

const wrong: Failure = { kind: 'expectation', expected: 'view 2', actual: 'view 1' };

/** A run in which s1 logs these words, one after the other. */
function runOf(seed: number, words: string, failure: Failure | null = null): RunResult {
  const trace = [...words].map((event, t): TraceEvent => {
    return { t: t + seed / 100, node: 's1', type: 'log', event, fields: {} };
  });
  return { seed, failure, virtualMs: 9, delivered: 0, trace, history: [] };
}

/** Runs by their seed; a dash: the run fails. */
function among(runs: Readonly<Record<number, string>>) {
  const asked: number[] = [];
  const run = async (seed: number) => {
    asked.push(seed);
    const words = runs[seed] ?? '-';
    return runOf(seed, words, words.endsWith('-') ? wrong : null);
  };
  return { asked, run };
}

test('the nearest run is the passing one that goes the same way for longest', async () => {
  const { run } = among({ 1: 'abxxx', 2: 'abcx', 3: 'abcde-', 5: 'xbcde' });
  const failed = runOf(4, 'abcdef', wrong);
  const nearest = await nearestPassing(failed, { passed: [1, 2], others: [3, 5] }, run);
  expect(nearest?.name).toBe('seed 2');
  expect(nearest?.trace).toHaveLength(4);
});

test('known seeds come first, then others, the failed one never, and twenty at the most', async () => {
  const { run, asked } = among({});
  const seeds = { passed: [900], others: [7, 901] };
  expect(await nearestPassing(runOf(3, 'a', wrong), seeds, run)).toBeUndefined();
  expect(asked.slice(0, 6)).toEqual([900, 7, 901, 1, 2, 4]);
  expect(new Set(asked).size).toBe(20);
});

test('a failure has it with it when that is asked for, and can be repeated', async () => {
  const { run } = among({ 1: 'ab', 2: 'ac-' });
  const seeds = [1, 2];
  const found = await runSeeds({ seeds, run, findsNearest: true });
  expect(found).toMatchObject({ failure: wrong, seed: 2, runs: 2, nearest: { name: 'seed 1' } });
  expect(await runSeeds({ seeds, run })).not.toHaveProperty('nearest');
  let runs = 0;
  const fickle = async (seed: number) => {
    runs += 1;
    return runOf(seed, `a${runs}`, wrong);
  };
  const unsure = await runSeeds({ seeds: [1], run: fickle, findsNearest: true });
  expect(unsure.failure?.kind).toBe('not repeatable');
  expect(runs).toBe(3);
});
