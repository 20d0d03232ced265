import { parseHistory } from '../history-reader';
import {
  formatHistory,
  HistoryError,
  type HistoryEvent,
  type ModelName,
  operationsOf,
} from './history';

const invokePut = { process: 1, type: 'invoke', f: 'put', key: 'x', value: '1' } as const;
const okPut = { ...invokePut, type: 'ok' } as const;
const invokeGet = { process: 2, type: 'invoke', f: 'get', key: 'x', value: null } as const;
const okGet = { ...invokeGet, type: 'ok', value: '1' } as const;

function lines(...events: readonly unknown[]): string {
  return events.map((it) => (typeof it === 'string' ? it : JSON.stringify(it))).join('\n');
}

function errorOf(text: string, model: ModelName = 'kv', limits?: [number, number]): string {
  try {
    const [maxLineBytes, maxOperations] = limits ?? [1_000, 1_000];
    parseHistory(text, model, { maxLineBytes, maxOperations, maxSizeBytes: 10_000 });
  } catch (error) {
    if (error instanceof HistoryError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('a history', () => {
  test('pairs calls with returns', () => {
    const text = lines(invokePut, invokeGet, okPut, okGet);
    expect(parseHistory(text, 'kv')).toEqual([
      {
        f: 'put',
        value: '1',
        index: 0,
        process: 1,
        key: 'x',
        outcome: 'ok',
        result: null,
        invokedAt: 1,
        returnedAt: 3,
      },
      {
        f: 'get',
        index: 1,
        process: 2,
        key: 'x',
        outcome: 'ok',
        result: '1',
        invokedAt: 2,
        returnedAt: 4,
      },
    ]);
  });

  test('is the same from text and from memory', () => {
    const events: HistoryEvent[] = [invokePut, okPut, { ...invokeGet, process: 'c2', time: 12.5 }];
    expect(parseHistory(formatHistory(events), 'kv')).toEqual(operationsOf(events, 'kv'));
  });

  test('may be truncated, and have line ends and a byte order mark as Windows writes them', () => {
    const text = `\uFEFF${lines(invokePut, okPut).replaceAll('\n', '\r\n')}\r\n\r\n`;
    expect(parseHistory(text, 'kv')).toHaveLength(1);
  });

  test('leaves an operation without a return open', () => {
    const [put] = parseHistory(lines(invokePut), 'kv');
    expect(put).toMatchObject({ outcome: 'info', returnedAt: Number.POSITIVE_INFINITY });
  });

  test('leaves an operation open after info, and the process goes on', () => {
    const info = { ...invokePut, type: 'info' };
    const [first, second] = parseHistory(lines(invokePut, info, invokePut, okPut), 'kv');
    expect(first).toMatchObject({ outcome: 'info', returnedAt: Number.POSITIVE_INFINITY });
    expect(second).toMatchObject({ outcome: 'ok', invokedAt: 3, returnedAt: 4 });
  });

  test('of a register needs no key, and may hold numbers', () => {
    const cas = { process: 1, type: 'invoke', f: 'cas', value: [null, 1] };
    const [operation] = parseHistory(lines(cas, { ...cas, type: 'fail' }), 'register');
    expect(operation).toMatchObject({ f: 'cas', from: null, to: 1, key: null, outcome: 'fail' });
  });

  test('of putHash tells the old value', () => {
    const call = { ...invokePut, f: 'putHash' };
    const [operation] = parseHistory(lines(call, { ...call, type: 'ok', value: 'old' }), 'kv');
    expect(operation).toMatchObject({ value: '1', result: 'old' });
  });
});

describe('bad input is an error with its line', () => {
  test.each([
    ['an empty file', '', 'line 1: expected at least one event, got an empty history'],
    [
      'nothing but blank lines',
      '\n \n',
      'line 1: expected at least one event, got an empty history',
    ],
    ['a blank line', lines(invokePut, '', okPut), 'line 2: expected an event, got a blank line'],
    [
      'a truncated line',
      lines(invokePut, '{"process":1,"ty'),
      'line 2: expected an event in JSON: a string that ends with double quotes at column 14, got "ty, where the file ends without a line end: is it cut short?',
    ],
    ['no object', lines('[1]'), 'line 1: expected an event, a JSON object, got [1]'],
    ['null', lines('null'), 'line 1: expected an event, a JSON object, got null'],
    [
      'a process of another type',
      lines({ ...invokePut, process: null }),
      'line 1: expected "process" to be a number or a string, got null',
    ],
    [
      'an unknown type',
      lines({ ...invokePut, type: 'begin' }),
      'line 1: expected "type" to be "invoke" or "ok" or "fail" or "info", got "begin"',
    ],
    [
      'an unknown f',
      lines({ ...invokePut, f: 'swap' }),
      'line 1: expected "f" of model kv to be "get" or "put" or "append" or "putHash", got "swap"',
    ],
    [
      'the f of another model',
      lines({ ...invokePut, f: 'cas' }),
      'line 1: expected "f" of model kv to be "get" or "put" or "append" or "putHash", got "cas"',
    ],
    [
      'no key',
      lines({ ...invokePut, key: undefined }),
      'line 1: expected "key" to be a string, got nothing',
    ],
    [
      'a put of no string',
      lines({ ...invokePut, value: 1 }),
      'line 1: expected "value" of invoke put to be a string, got 1',
    ],
    [
      'a get with a value',
      lines({ ...invokeGet, value: '1' }),
      'line 1: expected "value" of invoke get to be null, got "1"',
    ],
    [
      'a get that does not tell what it read',
      lines(invokeGet, { ...okGet, value: undefined }),
      'line 2: expected "value" of ok get to be what was read, a string or null, got nothing',
    ],
    [
      'a putHash that does not tell the old value',
      lines({ ...invokePut, f: 'putHash' }, { ...okPut, f: 'putHash', value: null }),
      'line 2: expected "value" of ok putHash to be the old value, a string, got null',
    ],
    [
      'a return without an invocation',
      lines(okPut),
      'line 1: expected process 1 to invoke an operation before one returns, got "ok" of put of key "x"',
    ],
    [
      'a return after info',
      lines(invokePut, { ...okPut, type: 'info' }, okPut),
      'line 3: expected process 1 to invoke an operation before one returns, got "ok" of put of key "x"',
    ],
    [
      'an invocation while one is open',
      lines(invokePut, invokePut),
      'line 2: expected the return of process 1\'s put of key "x" of line 1, got another invocation by process 1',
    ],
    [
      'the return of another function',
      lines(invokePut, { ...okGet, process: 1 }),
      'line 2: expected the return of process 1\'s put of key "x" of line 1, got get of key "x"',
    ],
    [
      'the return of another key',
      lines(invokePut, { ...okPut, key: 'y' }),
      'line 2: expected the return of process 1\'s put of key "x" of line 1, got put of key "y"',
    ],
  ])('%s', (_, text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  test.each([
    ['write', {}, '"value" of invoke write to be a string, a number or null, got {}'],
    [
      'cas',
      ['1'],
      '"value" of invoke cas to be [from, to], each a string, a number or null, got ["1"]',
    ],
    ['read', 1, '"value" of invoke read to be null, got 1'],
  ])('a %s with a bad value', (f, value, message) => {
    const text = lines({ process: 1, type: 'invoke', f, value });
    expect(errorOf(text, 'register')).toBe(`line 1: expected ${message}`);
  });

  test('a read that does not tell what it read', () => {
    const read = { process: 1, type: 'invoke', f: 'read' };
    expect(errorOf(lines(read, { ...read, type: 'ok' }), 'register')).toBe(
      'line 2: expected "value" of ok read to be what was read, a string, a number or null, got nothing',
    );
  });

  test('a line that is too long', () => {
    const message = errorOf(lines(invokePut, { ...okPut, value: 'v'.repeat(100) }), 'kv', [100, 9]);
    expect(message).toMatch(/^line 2: expected at most 100 bytes in a line, got \d+ characters$/);
  });

  test('too many operations', () => {
    expect(errorOf(lines(invokePut, okPut, invokePut), 'kv', [100, 1])).toBe(
      'line 3: expected at most 1 operations, got one more',
    );
  });
});
