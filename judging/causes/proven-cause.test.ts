/** Proofs of a trace against a clerk are told. */
import path from 'node:path';
import { everyScenario } from '../../labtests/catalogue';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { Solution } from '../../nodes/sandbox/sandbox';
import { runScenario } from '../../suite/run/run-scenario';
import { provenCause, withCause } from './proven-cause';

const runs = async (id: string, solution: Solution, seed: number) => {
  const scenario = everyScenario().find((other) => other.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  return runScenario(scenario, { seed, solution, tracing: true });
};

/** Of the first ten seeds. */
async function firstFailure(id: string, solution: Solution) {
  for (let seed = 1; seed < 10; seed += 1) {
    const result = await runs(id, solution, seed);
    if (result.failure !== null) return result;
  }
  return runs(id, solution, 10);
}

test('nothing is proven against the clients of another lab, which speak another protocol', async () => {
  const { trace, failure } = await runs('L1', new Solution(path.join(__dirname, '../..')), 1);
  expect(failure).toBeNull();
  expect(provenCause(trace, 'stuck')).toBeUndefined();
});

test.each([
  [
    'clerk-reads-what-it-wrote',
    'B5',
    /^c\d+ returned from get\("\w"\) at [\d.]+ ms without having sent/,
  ],
  [
    'clerk-late-reply-for-the-next',
    'B6',
    /^c1 returned from append\("log", "primary died,"\) at .* before any reply to it had come\./,
  ],
  [
    'clerk-late-reply-for-the-next',
    'B13',
    /^c\d+ returned (?:"[^"]*"|nothing) from .*, which no reply to that had in it/,
  ],
  [
    'clerk-new-number-after-timeout',
    'B9a',
    /^c1 sent append\("k", "v1,"\) as two operations: .* under number 2, .* under number 3, /,
  ],
  [
    'clerk-keeps-to-the-first-named',
    'B4',
    /^c2 waits for .* that s2 is primary of view 3, and in the [\d.]+ s since then/,
  ],
])('%s, in %s', (name, id, sentence) =>
  withWrongSolution(name, async (root) => {
    const { failure, trace } = await firstFailure(id, new Solution(root));
    expect(failure && withCause(failure, trace).remedy).toMatch(sentence);
  }),
);

test('what is not the clerk’s doing is left to the hint of the scenario', () =>
  withWrongSolution('primary-reads-locally', async (root) => {
    const { failure, trace } = await runs('B13', new Solution(root), 1);
    expect(failure?.kind).toBe('not linearizable');
    expect(failure && withCause(failure, trace).remedy).toBeUndefined();
  }));
