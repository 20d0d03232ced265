import { checkHistory } from './command';
import { generateHistory } from './generate';
import { formatHistory, type HistoryEvent } from './model/history';

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
  test('a linearizable history', async () => {
    expect(await checkHistory(linearizable, { model: 'kv' })).toEqual({
      exitCode: 0,
      stdout: 'linearizable: 3 operations on 2 keys\n',
      stderr: '',
    });
  });

  test('a violation', async () => {
    const { exitCode, stdout, stderr } = await checkHistory(stale, { model: 'kv' });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'not linearizable',
      'stale read: client c2 read "1" from key "x" after client c1\'s put of "2" had been acknowledged, which nobody ever read: an old copy, or lost',
      '  lines 1-2: client c1\'s put of "1", ok',
      '  lines 3-4: client c1\'s put of "2", ok',
      '  lines 5-6: client c2\'s get, found "1"',
      '',
    ]);
  });

  test('a limit that is reached', async () => {
    expect(await checkHistory(hard, { model: 'kv', maxSteps: 1_000 })).toEqual({
      exitCode: 2,
      stdout: 'unknown: the limit of 1000 steps was reached while searching key "k0"\n',
      stderr: '',
    });
  });

  test('a history that cannot be read', async () => {
    expect(await checkHistory(linearizable.slice(0, 100), { model: 'kv' })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^cannot read the history: line 2: expected an event in JSON: /,
      ),
    });
  });
});

describe('what is known of few operations is said', () => {
  const events = (count: number, type: HistoryEvent['type']): HistoryEvent[] =>
    Array.from({ length: count }, (_, process) => {
      const call = { process, f: 'put', key: 'x', value: '1' } as const;
      return [
        { ...call, type: 'invoke' },
        { ...call, type },
      ] as HistoryEvent[];
    }).flat();

  test.each([
    [
      events(50, 'info'),
      '50 operations on 1 key; none is known to have completed: of 50 it is not known whether they took effect',
    ],
    [events(2, 'fail'), '2 operations on 1 key; none is known to have completed: 2 failed'],
    [
      [...events(3, 'ok'), ...events(2, 'fail'), ...events(1, 'info')],
      '6 operations on 1 key; 2 failed, of 1 it is not known whether they took effect',
    ],
    [events(3, 'ok'), '3 operations on 1 key'],
  ])('%#', async (history, facts) => {
    const { stdout } = await checkHistory(formatHistory(history), { model: 'kv' });
    expect(stdout).toBe(`linearizable: ${facts}\n`);
  });
});

describe('nothing from outside steers the terminal', () => {
  const hostile = 'a\nlinearizable: 5 operations on 1 key\u001b[2J\u009b2J\u202e';
  const call = { process: hostile, f: 'put', key: hostile, value: hostile } as const;
  const read = { process: hostile, f: 'get', key: hostile } as const;
  const violation = formatHistory([
    { ...call, type: 'invoke' },
    { ...call, type: 'fail' },
    { ...read, type: 'invoke' },
    { ...read, type: 'ok', value: hostile },
  ]);

  test.each([
    ['a violation', violation],
    ['a line that is no JSON', hostile.replace('\n', '')],
    ['an event of the wrong kind', JSON.stringify({ ...call, type: hostile })],
    ['a return that nobody waits for', JSON.stringify({ ...call, type: 'ok' })],
  ])('%s', async (_, text) => {
    for (const json of [false, true]) {
      const { stdout, stderr } = await checkHistory(text, { model: 'kv', json });
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
      expect(stdout + stderr).not.toMatch(/^linearizable/m);
      expect(stdout + stderr).toContain('u001b');
    }
  });
});

describe('check-history in JSON', () => {
  const json = async (text: string, maxSteps?: number) => {
    const options = maxSteps === undefined ? {} : { maxSteps };
    const { exitCode, stdout } = await checkHistory(text, { model: 'kv', json: true, ...options });
    return [exitCode, JSON.parse(stdout)];
  };

  test('a linearizable history has its order', async () => {
    expect(await json(linearizable)).toEqual([
      0,
      {
        verdict: 'linearizable',
        linearization: [
          { operation: 0, after: 1 },
          { operation: 1, after: 3 },
          { operation: 2, after: 5 },
        ],
        steps: expect.any(Number),
        outcomes: { ok: 3, fail: 0, info: 0 },
      },
    ]);
  });

  test('a violation has its explanation', async () => {
    expect(await json(stale)).toMatchObject([
      1,
      {
        verdict: 'not-linearizable',
        key: 'x',
        explanation: { kind: 'stale read', operations: [{ index: 0 }, { index: 1 }, { index: 2 }] },
      },
    ]);
  });

  test('reasons name operations by their index', async () => {
    const failed = { process: 1, f: 'cas', value: [null, 1] } as const;
    const text = formatHistory([
      { ...failed, type: 'invoke' },
      { ...failed, type: 'fail' },
    ]);
    const { stdout } = await checkHistory(text, { model: 'register', json: true });
    expect(JSON.parse(stdout).explanation).toMatchObject({
      kind: 'no order works',
      window: { firstLine: 1, lastLine: 2 },
      reasons: [{ order: [], operation: 0, state: null, expected: 'anything but nothing' }],
    });
  });

  test('a limit that is reached has its reason', async () => {
    expect(await json(hard, 1_000)).toMatchObject([
      2,
      { verdict: 'unknown', limit: 'steps', keys: ['k0'] },
    ]);
  });

  test('a history that cannot be read has its line', async () => {
    expect(await json('nonsense')).toEqual([
      2,
      {
        verdict: 'bad-history',
        line: 1,
        expected: 'an event in JSON: a value at column 1',
        got: 'nonsense, where the file ends without a line end: is it cut short?',
      },
    ]);
  });
});
