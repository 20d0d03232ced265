import { checkHistory } from './command';
import { generateHistory } from './generate';
import { formatHistory, type HistoryEvent } from './history';

const put = (value: string, key = 'x'): HistoryEvent[] => {
  const call = { process: 'c1', f: 'put', key, value } as const;
  return [
    { ...call, type: 'invoke' },
    { ...call, type: 'ok' },
  ];
};
const get = (value: string): HistoryEvent[] => {
  const call = { process: 'c2', f: 'get', key: 'x' } as const;
  return [
    { ...call, type: 'invoke', value: null },
    { ...call, type: 'ok', value },
  ];
};

const linearizable = formatHistory([...put('1'), ...put('2', 'y'), ...get('1')]);
const stale = formatHistory([...put('1'), ...put('2'), ...get('1')]);
const hard = formatHistory(
  generateHistory({
    model: 'kv',
    seed: 1,
    operations: 1_000,
    clients: 50,
    infoShare: 0.05,
    functions: ['get', 'putHash'],
    violation: 'stale',
  }),
);

describe('check-history in words', () => {
  test('a linearizable history', () => {
    expect(checkHistory(linearizable, { model: 'kv' })).toEqual({
      exitCode: 0,
      stdout: 'linearizable: 3 operations on 2 keys\n',
      stderr: '',
    });
  });

  test('a violation', () => {
    const { exitCode, stdout, stderr } = checkHistory(stale, { model: 'kv' });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'not linearizable',
      'stale read: client c2 read "1" from key "x" after client c1\'s put of "2" had been acknowledged',
      '  lines 1-2: client c1\'s put of "1", ok',
      '  lines 3-4: client c1\'s put of "2", ok',
      '  lines 5-6: client c2\'s get, found "1"',
      '',
    ]);
  });

  test('a limit that is reached', () => {
    expect(checkHistory(hard, { model: 'kv', maxSteps: 1_000 })).toEqual({
      exitCode: 2,
      stdout: 'unknown: the limit of 1000 steps was reached while searching key "k0"\n',
      stderr: '',
    });
  });

  test('a history that cannot be read', () => {
    expect(checkHistory(linearizable.slice(0, 100), { model: 'kv' })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^cannot read the history: line 2: expected an event in JSON, /,
      ),
    });
  });
});

describe('check-history in JSON', () => {
  const json = (text: string, maxSteps?: number) => {
    const options = maxSteps === undefined ? {} : { maxSteps };
    const { exitCode, stdout } = checkHistory(text, { model: 'kv', json: true, ...options });
    return [exitCode, JSON.parse(stdout)];
  };

  test('a linearizable history has its order', () => {
    expect(json(linearizable)).toEqual([
      0,
      {
        verdict: 'linearizable',
        linearization: [
          { operation: 0, after: 1 },
          { operation: 1, after: 3 },
          { operation: 2, after: 5 },
        ],
        steps: expect.any(Number),
      },
    ]);
  });

  test('a violation has its explanation', () => {
    expect(json(stale)).toMatchObject([
      1,
      {
        verdict: 'not-linearizable',
        key: 'x',
        explanation: { kind: 'stale read', operations: [{ index: 0 }, { index: 1 }, { index: 2 }] },
      },
    ]);
  });

  test('reasons name operations by their index', () => {
    const failed = { process: 1, f: 'cas', value: [null, 1] } as const;
    const text = formatHistory([
      { ...failed, type: 'invoke' },
      { ...failed, type: 'fail' },
    ]);
    const { stdout } = checkHistory(text, { model: 'register', json: true });
    expect(JSON.parse(stdout).explanation).toMatchObject({
      kind: 'no order works',
      window: { firstLine: 1, lastLine: 2 },
      reasons: [{ order: [], operation: 0, state: null, expected: 'anything but nothing' }],
    });
  });

  test('a limit that is reached has its reason', () => {
    expect(json(hard, 1_000)).toMatchObject([
      2,
      { verdict: 'unknown', limit: 'steps', keys: ['k0'] },
    ]);
  });

  test('a history that cannot be read has its line', () => {
    expect(json('nonsense')).toEqual([
      2,
      { verdict: 'bad-history', line: 1, expected: 'an event in JSON', got: 'nonsense' },
    ]);
  });
});
