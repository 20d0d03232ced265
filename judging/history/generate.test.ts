import { check } from './checker';
import { type GenerateOptions, generateHistory } from './generate';
import { FUNCTIONS, type ModelName, operationsOf } from './model/history';

const models: readonly ModelName[] = ['kv', 'register'];
const usual = { operations: 200, clients: 6, keys: 3, infoShare: 0.05 };

function verdictOf(options: GenerateOptions): string {
  return check(options.model, operationsOf(generateHistory(options), options.model)).verdict;
}

describe.each(models)('a generated history of model %s', (model) => {
  const functions = FUNCTIONS[model];

  test('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => generateHistory({ ...usual, model, seed });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  test('is linearizable', () => {
    for (let seed = 0; seed < 25; seed++) {
      expect(verdictOf({ ...usual, model, seed })).toBe('linearizable');
      expect(verdictOf({ ...usual, model, seed, functions, operations: 30 })).toBe('linearizable');
    }
  });

  test.each(['stale', 'invented'] as const)(
    'is not linearizable with a violation: %s',
    (violation) => {
      for (let seed = 0; seed < 25; seed++) {
        expect(verdictOf({ ...usual, model, seed, violation })).toBe('not-linearizable');
      }
    },
  );

  test('has the operations, clients, keys and open operations asked for', () => {
    const operations = operationsOf(
      generateHistory({ model, seed: 1, operations: 1_000, clients: 7, keys: 4, infoShare: 0.2 }),
      model,
    );
    expect(operations).toHaveLength(1_000);
    expect(new Set(operations.map(({ process }) => process)).size).toBe(7);
    expect(new Set(operations.map(({ key }) => key)).size).toBe(4);
    const open = operations.filter(({ outcome }) => outcome === 'info').length;
    expect(open).toBeGreaterThan(150);
    expect(open).toBeLessThan(250);
  });
});

test('a violation needs a read to be put into', () => {
  const options = { model: 'kv', seed: 1, operations: 10, clients: 2 } as const;
  expect(() => generateHistory({ ...options, functions: ['put'], violation: 'invented' })).toThrow(
    'no read to put the violation into',
  );
});
