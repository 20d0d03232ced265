import { chainedHash } from '../../pbservice/chained-hash';
import { smallHistory } from './brute-force';
import { flawInExplanation } from './brute-force-names';
import { check } from './checker';
import { type Explanation, explain } from './explain';
import { generateHistory } from './generate';
import {
  FUNCTIONS,
  type FunctionName,
  type HistoryEvent,
  type HistoryOperation,
  type ModelName,
  operationsOf,
} from './model/history';
import { provenKinds, sources } from './proofs.testing';
import { renderExplanation } from './render';

/**
 * Writes a history down in short: `c1 put 1` invokes, `c1: ok` returns (with a value if it found
 * one), `c1 put 1: ok` does both. `nil` is nothing.
 */
function history(...lines: readonly string[]): HistoryOperation[] {
  const invoked = new Map<string, HistoryEvent>();
  const parsed = (text: string | undefined) => (text === 'nil' || text === undefined ? null : text);
  const events = lines.flatMap((line) => {
    const [, process = '', f, value, type, found] =
      /^(\w+)(?: (\w+))?(?: ([\w,]+))?(?:: (\w+)(?: (\w+))?)?$/.exec(line) ?? [];
    const both: HistoryEvent[] = [];
    if (f !== undefined) {
      const [from, to] = value?.split(',').map(parsed) ?? [];
      const argument = f === 'cas' ? ([from ?? null, to ?? null] as const) : parsed(value);
      const call = { process, type: 'invoke', f: f as FunctionName, key: 'x', value: argument };
      invoked.set(process, call as HistoryEvent);
      both.push(call as HistoryEvent);
    }
    const call = invoked.get(process) as HistoryEvent;
    const result = found === undefined ? call.value : parsed(found);
    if (type !== undefined) both.push({ ...call, type: type as 'ok', value: result });
    return both;
  });
  return operationsOf(events, modelOf(events));
}

function modelOf(events: readonly HistoryEvent[]): ModelName {
  return events.every(({ f }) => FUNCTIONS.kv.includes(f)) ? 'kv' : 'register';
}

function explanationOf(operations: readonly HistoryOperation[]): Explanation {
  const model = operations.every(({ f }) => FUNCTIONS.kv.includes(f)) ? 'kv' : 'register';
  const result = check(model, operations);
  if (result.verdict !== 'not-linearizable') throw new Error('there is nothing to explain');
  return explain(model, result.operations);
}

describe('a violation with a name', () => {
  test.each<[string, string[], string, number[]]>([
    [
      'a value that nobody wrote',
      ['c1 put 1: ok', 'c2 get: ok 2'],
      'value never written: client c2 read "2" from key "x", which nobody had written',
      [1],
    ],
    [
      'a putHash that was done twice',
      ['c1 put 1: ok', `c2 putHash a: ok ${chainedHash('1', 'a')}`],
      `value never written: client c2's putHash found "${chainedHash('1', 'a')}" in key "x", which nobody else had written; it is what this putHash itself makes of "1": it took effect twice`,
      [1],
    ],
    [
      'a value that no appends make',
      ['c1 append a: ok', 'c1 append b: ok', 'c2 get: ok abc'],
      'value never written: client c2 read "abc" from key "x", which nobody had written',
      [2],
    ],
    [
      'the value of a failed put',
      ['c1 put 1: fail', 'c2 get: ok 1'],
      'read of a failed write: client c2 read "1" from key "x", but client c1\'s put of "1" had failed',
      [0, 1],
    ],
    [
      'a failed append',
      ['c1 append a: ok', 'c1 append b: fail', 'c2 get: ok ab'],
      'read of a failed write: client c2 read "ab" from key "x", but client c1\'s append of "b" had failed',
      [1, 2],
    ],
    [
      'the value of a later put',
      ['c2 get: ok 1', 'c1 put 1: ok'],
      'read from the future: client c2 read "1" from key "x" before client c1\'s put of "1" was invoked',
      [0, 1],
    ],
    [
      'an append twice',
      ['c1 append a: ok', 'c2 append b: ok', 'c2 get: ok aba'],
      'duplicate append: client c2 read "aba" from key "x", which holds client c1\'s append of "a" twice',
      [0, 2],
    ],
    [
      'one of two equal appends once more',
      ['c1 append a: ok', 'c2 append a: ok', 'c2 get: ok aaa'],
      'duplicate append: client c2 read "aaa" from key "x", which holds "a" 3 times, though it was appended twice',
      [0, 1, 2],
    ],
    [
      'an append before one that had returned',
      ['c1 append a: ok', 'c2 append b: ok', 'c3 get: ok ba'],
      'reordered append: client c3 read "ba" from key "x", with client c2\'s append of "b" before client c1\'s append of "a", which had been acknowledged when it was invoked',
      [0, 1, 2],
    ],
    [
      'appends in another order than before',
      ['c1 append a', 'c2 append b', 'c3 get: ok ab', 'c3 get: ok ba'],
      'reordered append: client c3 read "ba" from key "x" after client c3 had read "ab"',
      [2, 3],
    ],
    [
      'an append that has gone',
      ['c1 append a: ok', 'c2 append b: ok', 'c3 get: ok b'],
      'lost append: client c3 read "b" from key "x" after client c1\'s append of "a" had been acknowledged',
      [0, 1, 2],
    ],
    [
      'an append that had been read, acknowledged or not',
      ['c1 append a', 'c2 append b', 'c3 append c', 'c4 get: ok ab', 'c4 get: ok ac'],
      'lost append: client c4 read "ac" from key "x", without client c2\'s append of "b", after client c4 had read "ab"',
      [1, 3, 4],
    ],
    [
      'the value before an append that another client has read',
      ['c1 append a: ok', 'c2 append b', 'c3 get: ok ab', 'c4 get: ok a'],
      'stale read: client c4 read "a" from key "x" after client c3 had read the newer "ab"',
      [2, 3],
    ],
    [
      'the value before an acknowledged put',
      ['c1 put 1: ok', 'c1 put 2: ok', 'c2 get: ok 1'],
      'stale read: client c2 read "1" from key "x" after client c1\'s put of "2" had been acknowledged, which nobody ever read: an old copy, or lost',
      [0, 1, 2],
    ],
    [
      'the value before a put that another client has read',
      ['c1 put 1: ok', 'c1 put 2', 'c2 get: ok 2', 'c3 get: ok 1'],
      'stale read: client c3 read "1" from key "x" after client c2 had read the newer "2"',
      [0, 1, 2, 3],
    ],
    [
      'nothing, where there had been something',
      ['c1 put 1: ok', 'c2 get: ok 1', 'c3 get: ok nil'],
      'stale read: client c3 read nothing from key "x" after client c2 had read the newer "1"',
      [0, 1, 2],
    ],
    [
      'a put that nobody ever finds',
      ['c1 put 1: ok', 'c2 get: ok nil', 'c2 get: ok nil'],
      'lost acknowledged write: client c2 read nothing from key "x" after client c1\'s put of "1" had been acknowledged, and nobody ever read that',
      [0, 1, 2],
    ],
    [
      'a put that the only one who read did not find: lost, or read too old',
      ['c1 put 1: ok', 'c2 get: ok nil'],
      'stale read: client c2 read nothing from key "x" after client c1\'s put of "1" had been acknowledged, which nobody ever read: an old copy, or lost',
      [0, 1],
    ],
    [
      'an append that the only one who read did not find: lost, or read too old',
      ['c1 append a: ok', 'c1 append b: ok', 'c2 get: ok a'],
      'stale read: client c2 read "a" from key "x" after client c1\'s append of "b" had been acknowledged, which nobody ever read: an old copy, or lost',
      [1, 2],
    ],
    [
      'an append that nobody ever finds',
      ['c1 append a: ok', 'c1 append b: ok', 'c2 get: ok a', 'c3 get: ok a'],
      'lost append: client c2 read "a" from key "x" after client c1\'s append of "b" had been acknowledged, and nobody ever read that',
      [1, 2, 3],
    ],
    [
      'a put of which several find the value before',
      ['c1 put 1: ok', 'c1 put 2: ok', 'c2 get: ok 1', 'c3 get: ok 1'],
      'lost acknowledged write: client c2 read "1" from key "x" after client c1\'s put of "2" had been acknowledged, and nobody ever read that',
      [0, 1, 2, 3],
    ],
    [
      'a putHash that found an old value',
      ['c1 put 1: ok', 'c1 put 2: ok', 'c2 putHash 3: ok 1'],
      'stale read: client c2\'s putHash found "1" in key "x" after client c1\'s put of "2" had been acknowledged, which nobody ever read: an old copy, or lost',
      [0, 1, 2],
    ],
    [
      'a cas that found an old value',
      ['c1 write 1: ok', 'c1 write 2: ok', 'c2 cas 1,3: ok'],
      'stale read: client c2\'s cas found "1" in key "x" after client c1\'s write of "2" had been acknowledged, which nobody ever read: an old copy, or lost',
      [0, 1, 2],
    ],
  ])('%s', (_, lines, sentence, evidence) => {
    const explanation = explanationOf(history(...lines));
    expect(explanation.sentence).toBe(sentence);
    expect(explanation.kind).toBe(sentence.split(':')[0]);
    expect(explanation.operations.map(({ index }) => index)).toEqual(evidence);
    expect(explanation).toMatchObject({ key: 'x', reasons: [] });
  });

  test('is the first there is, whatever comes after', () => {
    const operations = history(
      'c1 put 1: ok',
      'c1 put 2: ok',
      'c2 get: ok 1',
      'c2 get: ok 2',
      'c3 get: ok 7',
    );
    expect(explanationOf(operations).kind).toBe('stale read');
  });

  test('is found among many operations', () => {
    const options = { model: 'kv', operations: 1_000, clients: 20, keys: 3 } as const;
    for (const seed of [1, 2, 3]) {
      const events = generateHistory({ ...options, seed, violation: 'stale' });
      expect(['stale read', 'lost append']).toContain(
        explanationOf(operationsOf(events, 'kv')).kind,
      );
    }
  });
});

describe('a violation without a name', () => {
  const operations = history(
    'c9 write 0: ok',
    'c1 write 1',
    'c2 write 2',
    'c3 read: ok 1',
    'c3 read: ok 2',
    'c3 read: ok 1',
    'c1: ok',
    'c2: ok',
    'c9 write 4: ok',
  );

  test('has the smallest window in which no order works', () => {
    const explanation = explanationOf(operations);
    expect(explanation.kind).toBe('no order works');
    expect(explanation.sentence).toBe(
      'no order works: no order of the 3 operations in lines 5-10 on key "x" explains what they found, whatever became of those before',
    );
    expect(explanation.window).toEqual({ firstLine: 5, lastLine: 10 });
    expect(explanation.operations.map(({ index }) => index)).toEqual([3, 4, 5]);
  });

  test('says where the longest orders end, and why', () => {
    expect(renderExplanation(explanationOf(operations)).split('\n')).toEqual([
      'no order works: no order of the 3 operations in lines 5-10 on key "x" explains what they found, whatever became of those before',
      '  lines 5-6: client c3\'s read, found "1"',
      '  lines 7-8: client c3\'s read, found "2"',
      '  lines 9-10: client c3\'s read, found "1"',
      'After client c1\'s write of "1" (line 3), client c3\'s read (line 5), client c2\'s write of "2" (line 4), client c3\'s read (line 7) there is "2", and next cannot come',
      '  client c3\'s read (line 9): expected "1", got "2"',
    ]);
  });

  test('may be a single operation', () => {
    const failed = history('c1 write 1: ok', 'c2 cas 1,2: fail');
    expect(renderExplanation(explanationOf(failed)).split('\n')).toEqual([
      'no order works: no order of the 2 operations in lines 1-4 on key "x" explains what they found',
      '  lines 1-2: client c1\'s write of "1", ok',
      '  lines 3-4: client c2\'s cas from "1" to "2", failed',
      'After client c1\'s write of "1" (line 1) there is "1", and next cannot come',
      '  client c2\'s cas from "1" to "2" (line 3): expected anything but "1", got "1"',
    ]);
    expect(explanationOf(history('c1 cas nil,1: fail')).sentence).toBe(
      'no order works: nothing invoked before explains what the operation in lines 1-2 on key "x" found',
    );
  });
});

test('long values and long lists are shortened', () => {
  const numbers = Array.from({ length: 25 }, (_, number) => number);
  const writes = numbers.map((it) => `c${it} write ${it}`);
  const reads = [...numbers, 0].map((it) => `r read: ok ${it}`);
  const lines = renderExplanation(explanationOf(history(...writes, ...reads))).split('\n');
  expect(lines[1]).toBe('  (6 operations before)');
  expect(lines[22]).toMatch(/^After \.\.\., /);
  const long = explanationOf(history(`c1 put ${'v'.repeat(1_000)}: ok`, 'c2 get: ok 1'));
  expect(long.sentence.length).toBeLessThan(200);
});

describe('a name is not given without its proof', () => {
  test.each<[string, string[], string]>([
    [
      'what was appended twice, or once by one that failed',
      ['c1 append a: ok', 'c2 append a: fail', 'c3 get: ok aa'],
      'no order works',
    ],
    [
      'what was appended again, or late, after a put',
      ['c1 append s: ok', 'c1 put 1: ok', 'c1 append e: ok', 'c2 get: ok 1es'],
      'no order works',
    ],
    [
      'two failed puts of one value',
      ['c1 put 1: fail', 'c2 put 1: fail', 'c3 get: ok 1'],
      'read of a failed write',
    ],
    [
      'a failed put and a later one',
      ['c1 put 1: fail', 'c2 get: ok 1', 'c3 put 1: ok'],
      'read of a failed write',
    ],
    [
      'a refused append that was done',
      ['c1 append a: fail', 'c2 get: ok a'],
      'read of a failed write',
    ],
    [
      'a failed cas that was done',
      ['c1 write 5: ok', 'c1 cas nil,1: fail', 'c2 read: ok 1'],
      'read of a failed write',
    ],
  ])('%s', (_, lines, kind) => {
    expect(explanationOf(history(...lines)).kind).toBe(kind);
  });

  /** All at once, each having found what the one before left; one read of something else. */
  function putHashes(count: number, read: string, readReturnsAfter = 1): HistoryOperation[] {
    let found = '';
    const returns = Array.from({ length: count }, (_, client) => {
      const event = { process: client, type: 'ok', f: 'putHash', key: 'x', value: found } as const;
      found = chainedHash(found, `${client}`);
      return event;
    });
    const get = { process: 'reader', f: 'get', key: 'x' } as const;
    return operationsOf(
      [
        ...returns.map((it, client) => ({ ...it, type: 'invoke', value: `${client}` }) as const),
        { ...get, type: 'invoke' },
        ...returns.slice(0, readReturnsAfter),
        { ...get, type: 'ok', value: read },
        ...returns.slice(readReturnsAfter),
      ],
      'kv',
    );
  }

  test.each([0, 1, 9])('a value that nobody wrote, among putHashes, %i of them done', (done) => {
    const explanation = explanationOf(putHashes(9, 'zzz', done));
    expect(explanation.sentence).toBe(
      'value never written: client reader read "zzz" from key "x", which nobody had written',
    );
    expect(explanation.operations).toHaveLength(1);
    expect(explanation.limit).toBeUndefined();
  });

  test('what takes too much work to explain is explained as far as it goes', () => {
    const operations = putHashes(12, '12345');
    let ticks = 0;
    const now = () => ticks++;
    const within = (timeLimitMs: number) => explain('kv', operations, { timeLimitMs, now });
    const explanation = within(50);
    expect(ticks).toBeLessThan(1_000);
    expect(explanation.kind).not.toBe('stale read');
    expect(explanation.limit).toBe('the time limit was reached');
    expect(renderExplanation(explanation)).toMatch(
      /There may be a shorter explanation: this is the best one until the time limit was reached.$/,
    );
    ticks = 0;
    expect(within(50)).toEqual(explanation);
  });
});

test('what a proof needs of other operations is cited, too', () => {
  const operations = history('c1 put 5: ok', 'c2 append b', 'c1 append a: ok', 'c3 get: ok 5');
  const explanation = explanationOf(operations);
  expect(explanation.kind).toBe('stale read');
  // Had the put been done after the append, or its like, there would be nothing wrong.
  expect(explanation.operations.map(({ index }) => index)).toEqual([0, 2, 3]);
  expect(flawInExplanation('kv', operations, explanation)).toBeUndefined();
});

describe('what failed or had not returned', () => {
  test('a failed cas changes nothing', () => {
    const operations = history(
      'c1 cas nil,0: ok',
      'c2 cas 1,nil: fail',
      'c3 cas 0,1: ok',
      'c4 cas 0,0: ok',
    );
    const explanation = explanationOf(operations);
    for (const { order } of explanation.reasons) {
      expect(order.map(({ index }) => index)).not.toContain(1);
    }
    expect(renderExplanation(explanation)).not.toContain('client c2');
  });

  test('what returned only later is said to be under way', () => {
    const operations = history(
      'c1 write 1',
      'c2 write 2',
      'c3 cas 3,4',
      'c3: ok',
      'c1: ok',
      'c2: ok',
    );
    const explanation = explanationOf(operations);
    expect(explanation.untilLine).toBe(4);
    for (const line of renderExplanation(explanation).split('\n').slice(1)) {
      expect(line).not.toMatch(/lines [12]-.*, ok$/);
    }
    const read = history(
      'c1 write 1',
      'c4 read',
      'c3 read: ok 1',
      'c3 read: ok nil',
      'c4: ok 1',
      'c1: ok',
    );
    expect(renderExplanation(explanationOf(read))).toContain(
      `lines 1-8: client c1's write of "1", had not returned by line 6`,
    );
  });
});

describe('an explanation is proven by the trial of all orders', () => {
  test.each(sources)('of small histories: %s', (_, model, source) => {
    expect(provenKinds(model, source, 0, 1_000).size).toBeGreaterThan(4);
  });

  test('which finds what is not proven', () => {
    const operations = history('c1 put 1: ok', 'c1 put 2: ok', 'c2 get: ok 1');
    const flawOf = (change: Partial<Explanation>) =>
      flawInExplanation('kv', operations, { ...explain('kv', operations), ...change });
    expect(flawOf({})).toBeUndefined();
    for (const index of [0, 1, 2]) {
      const cited = operations.filter((it) => it.index !== index);
      expect(flawOf({ operations: cited })).toBe(
        'what it cites is possible if nothing is known of the others',
      );
    }
    expect(flawOf({ untilLine: 5 })).toMatch(/possible/);
    for (const kind of [
      'value never written',
      'read from the future',
      'duplicate append',
    ] as const) {
      expect(flawOf({ kind })).toBe(`it is no ${kind}`);
    }
    expect(flawOf({ kind: 'lost acknowledged write' })).toBe('it is no lost acknowledged write');
    expect(flawOf({ reader: operations[0] as HistoryOperation })).toMatch(/it is/);
  });

  test('and always the same', () => {
    for (let seed = 0; seed < 200; seed++) {
      const [first, second] = [smallHistory('kv', seed), smallHistory('kv', seed)];
      if (check('kv', first).verdict === 'linearizable') continue;
      expect(explain('kv', first)).toEqual(explain('kv', second));
    }
  });
});
