/** Honest mistakes in the runner of students: words, no failure of the framework, and nothing else. */
import { WorkerPool } from '../workers/pool';
import {
  type HonestMistake,
  honestMistakes,
  scenariosForMistake,
  withMistake,
} from './honest-mistakes.testing';

// Threads load the framework, on busy machines, too.
jest.setTimeout(120_000);

const pool = new WorkerPool({ workers: 1 });
afterAll(() => pool.close());

const named = honestMistakes.map((mistake): [string, HonestMistake] => [mistake.name, mistake]);

test.each(named)('%s', async (_name, mistake) => {
  const { root, remove } = withMistake(mistake);
  try {
    const [concerned, other] = scenariosForMistake(mistake).map((scenario) =>
      pool.run({ scenario, seeds: [1], root }),
    );
    const failure = (await concerned)?.failure ?? null;
    if (mistake.says === null) expect(failure).toBeNull();
    else {
      const { kind, actual, expected } = mistake.says;
      expect(failure).toMatchObject({ kind, actual: expect.stringMatching(actual) });
      if (expected !== undefined) expect(failure?.expected).toMatch(expected);
      expect(JSON.stringify(failure).length).toBeLessThan(10_000);
    }
    expect((await other)?.failure ?? null).toBeNull();
  } finally {
    remove();
  }
});
