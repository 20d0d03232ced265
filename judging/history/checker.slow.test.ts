import { flawIn, smallHistory, someOrderWorks } from './brute-force';
import { type CheckResult, check } from './checker';
import { type GenerateOptions, generateHistory } from './generate';
import {
  type HistoryEvent,
  type HistoryOperation,
  type ModelName,
  operationsOf,
} from './model/history';
import { provenKinds, sources } from './proofs.testing';

function generate(options: GenerateOptions): HistoryOperation[] {
  return operationsOf(generateHistory(options), options.model);
}

/** A search without end in sight: nobody knows what the many open putHashes may have left. */
const hard: GenerateOptions = {
  model: 'kv',
  seed: 1,
  operations: 1_000,
  clients: 50,
  infoShare: 0.05,
  functions: ['get', 'putHash'],
  violation: 'stale',
};

describe('the checker agrees with the trial of all orders', () => {
  test.each<ModelName>(['kv', 'register'])('on small histories of model %s', (model) => {
    const counts = { linearizable: 0, 'not-linearizable': 0, unknown: 0 };
    for (let seed = 0; seed < 52_000; seed++) {
      const operations = smallHistory(model, seed);
      const result = check(model, operations);
      counts[result.verdict]++;
      const expected = someOrderWorks(model, operations) ? 'linearizable' : 'not-linearizable';
      if (result.verdict !== expected) throw new Error(`seed ${seed}: ${expected}`);
      const flaw = flawOf(model, operations, result);
      if (flaw !== undefined) throw new Error(`seed ${seed}: ${flaw}`);
    }
    expect(counts.linearizable).toBeGreaterThan(10_000);
    expect(counts['not-linearizable']).toBeGreaterThan(8_000);
  });
});

test.each(sources)('explanations are proven by the trial of all orders: %s', (_, model, source) => {
  expect(provenKinds(model, source, 10_000, 25_000).size).toBeGreaterThan(4);
});

function flawOf(model: ModelName, operations: HistoryOperation[], result: CheckResult) {
  if (result.verdict !== 'linearizable') return undefined;
  return flawIn(model, operations, result.linearization);
}

describe('the checker', () => {
  const kv = (events: readonly HistoryEvent[]) => check('kv', operationsOf(events, 'kv'));
  const event = (
    process: number,
    type: HistoryEvent['type'],
    f: HistoryEvent['f'],
    value: HistoryEvent['value'],
    key = 'x',
  ): HistoryEvent => ({ process, type, f, key, value });

  test('finds nothing wrong with no operations', () => {
    expect(check('kv', [])).toEqual({ verdict: 'linearizable', linearization: [], steps: 0 });
  });

  test('gives each operation its point, on all keys together', () => {
    const result = kv([
      event(1, 'invoke', 'get', null),
      event(2, 'invoke', 'put', '1'),
      event(3, 'invoke', 'put', '2', 'y'),
      event(3, 'ok', 'put', '2', 'y'),
      event(1, 'ok', 'get', '1'),
      event(2, 'ok', 'put', '1'),
    ]);
    const points =
      result.verdict === 'linearizable' &&
      result.linearization.map(({ operation, after }) => [operation.index, after]);
    expect(points).toEqual([
      [1, 2],
      [0, 2],
      [2, 3],
    ]);
  });

  test('lets an operation that never returned take effect late, or never', () => {
    const put = [event(1, 'invoke', 'put', '1'), event(1, 'info', 'put', '1')];
    const get = (value: string | null) => [
      event(2, 'invoke', 'get', null),
      event(2, 'ok', 'get', value),
    ];
    expect(kv([...put, ...get(null), ...get('1')]).verdict).toBe('linearizable');
    expect(kv([...put, ...get(null), ...get(null)]).verdict).toBe('linearizable');
    expect(kv([...put, ...get('1'), ...get(null)]).verdict).toBe('not-linearizable');
  });

  test('takes from a failed cas that the value was another', () => {
    const cas = (value: [string | null, string]) => {
      const call = { process: 1, type: 'invoke', f: 'cas', value } as const;
      return operationsOf([call, { ...call, type: 'fail' }], 'register');
    };
    expect(check('register', cas(['1', '2'])).verdict).toBe('linearizable');
    expect(check('register', cas([null, '2'])).verdict).toBe('not-linearizable');
  });

  test('names the key of a violation and its operations', () => {
    const result = kv([
      event(1, 'invoke', 'put', '1', 'a'),
      event(1, 'ok', 'put', '1', 'a'),
      event(1, 'invoke', 'get', null, 'b'),
      event(1, 'ok', 'get', '1', 'b'),
    ]);
    expect(result).toMatchObject({
      verdict: 'not-linearizable',
      key: 'b',
      operations: [{ index: 1 }],
    });
  });

  test('finds an easy violation next to a key that is too hard', () => {
    const violation = [event(99, 'invoke', 'get', null, 'y'), event(99, 'ok', 'get', '1', 'y')];
    const result = check('kv', operationsOf([...generateHistory(hard), ...violation], 'kv'), {
      maxSteps: 10_000,
    });
    expect(result).toMatchObject({ verdict: 'not-linearizable', key: 'y' });
  });

  test.each([
    { model: 'kv', seed: 5, operations: 300, clients: 8, keys: 3, infoShare: 0.05 },
    { model: 'register', seed: 5, operations: 80, clients: 20, infoShare: 0.2, values: 10 },
    { ...hard, operations: 200 },
  ] as GenerateOptions[])('always gives the same result, %#', (options) => {
    const [first, second] = [generate(options), generate(options)];
    const limits = { maxSteps: 20_000 };
    expect(check(options.model, first, limits)).toEqual(check(options.model, second, limits));
  });
});

describe('the verdict is unknown', () => {
  const operations = generate(hard);

  test('when the steps are used up', () => {
    expect(check('kv', operations, { maxSteps: 5_000 })).toEqual({
      verdict: 'unknown',
      limit: 'steps',
      reason: 'the limit of 5000 steps was reached',
      keys: ['k0'],
      steps: 5_000,
    });
  });

  test('when the time is over', () => {
    let time = 0;
    const now = () => {
      time += 100;
      return time;
    };
    expect(check('kv', operations, { timeLimitMs: 1_000, now })).toMatchObject({
      verdict: 'unknown',
      limit: 'time',
      reason: 'the time limit of 1000 ms was reached',
      keys: ['k0'],
    });
  });

  test('when the memory is used up', () => {
    expect(check('kv', operations, { memoryLimitMib: 2 })).toMatchObject({
      verdict: 'unknown',
      limit: 'memory',
      reason: 'the memory limit of 2 MiB was reached',
      keys: ['k0'],
    });
  });

  test('but no clock is looked at without a time limit', () => {
    const now = () => {
      throw new Error('looked at the clock');
    };
    expect(check('kv', operations, { maxSteps: 5_000, now }).verdict).toBe('unknown');
  });
});

describe('the search stays small', () => {
  test.each<[string, GenerateOptions, CheckResult['verdict'], number]>([
    [
      '10,000 operations of 50 clients',
      { model: 'kv', seed: 1, operations: 10_000, clients: 50, keys: 10, infoShare: 0.01 },
      'linearizable',
      20_000,
    ],
    [
      '10,000 operations of 50 clients, one read stale',
      {
        model: 'kv',
        seed: 1,
        operations: 10_000,
        clients: 50,
        keys: 10,
        infoShare: 0.01,
        violation: 'stale',
      },
      'not-linearizable',
      50_000,
    ],
    [
      'appends of 50 clients to one key',
      { model: 'kv', seed: 1, operations: 2_000, clients: 50, functions: ['get', 'append'] },
      'linearizable',
      20_000,
    ],
    [
      'a register with 20 clients, many of whose operations never return',
      { model: 'register', seed: 1, operations: 80, clients: 20, infoShare: 0.2, values: 10 },
      'linearizable',
      100_000,
    ],
    [
      'such a register, of which one read is stale',
      {
        model: 'register',
        seed: 5,
        operations: 80,
        clients: 20,
        infoShare: 15 / 80,
        values: 10,
        violation: 'stale',
      },
      'not-linearizable',
      100_000,
    ],
    [
      'a register a third of whose operations never return, of which one read is stale',
      {
        model: 'register',
        seed: 12,
        operations: 80,
        clients: 10,
        infoShare: 0.35,
        values: 20,
        functions: ['read', 'read', 'write', 'cas'],
        violation: 'stale',
      },
      'not-linearizable',
      5_000,
    ],
    [
      '100,000 operations',
      { model: 'kv', seed: 1, operations: 100_000, clients: 5, keys: 1, functions: ['get', 'put'] },
      'linearizable',
      300_000,
    ],
  ])('with %s', (_, options, verdict, maxSteps) => {
    const result = check(options.model, generate(options), { maxSteps });
    expect(result.verdict).toBe(verdict);
  });

  test('with values of a megabyte that grow by appending', () => {
    const piece = (number: number) => `${number};`.padStart(1_000, 'v');
    const events: HistoryEvent[] = [];
    let value = '';
    for (let number = 0; number < 1_000; number++) {
      value += piece(number);
      const append = { process: 1, f: 'append', key: 'x', value: piece(number) } as const;
      events.push({ ...append, type: 'invoke' }, { ...append, type: 'ok' });
      if (number % 50 !== 49) continue;
      const get = { process: 2, f: 'get', key: 'x' } as const;
      events.push({ ...get, type: 'invoke' }, { ...get, type: 'ok', value });
    }
    const result = check('kv', operationsOf(events, 'kv'), { maxSteps: 10_000, memoryLimitMib: 8 });
    expect(result.verdict).toBe('linearizable');
  });
});
