import { UsageError } from '../runtime/terminal/exit';
import { parseOperation, resultAsJson, resultInWords } from './operations';

test.each([
  [['get', 'k'], { op: 'get', key: 'k' }],
  [['put', 'k', ''], { op: 'put', key: 'k', value: '' }],
  [['append', 'k', 'v w'], { op: 'append', key: 'k', value: 'v w' }],
  [['puthash', 'k', 'v'], { op: 'putHash', key: 'k', value: 'v' }],
])('%j', (words, operation) => {
  expect(parseOperation(words)).toEqual(operation);
});

test.each([
  [[], 'expected one of put, get, append, puthash, got ""'],
  [['toString', 'k'], 'expected one of put, get, append, puthash, got "toString"'],
  [['get'], 'expected get KEY, got 0 words after it'],
  [['put', 'k', 'v', 'w'], 'expected put KEY VALUE, got 3 words after it. Quote what has spaces'],
])('%j is refused', (words, sentence) => {
  expect(() => parseOperation(words)).toThrow(UsageError);
  expect(() => parseOperation(words)).toThrow(sentence);
});

test.each([
  ['get', 'v', '"v"', { key: 'k', value: 'v' }],
  ['get', '', '""', { key: 'k', value: '' }],
  ['get', null, 'k has no value', { key: 'k', value: null }],
  ['put', null, 'ok', { key: 'k', ok: true }],
  ['putHash', '', 'ok, the old value was ""', { key: 'k', oldValue: '' }],
] as const)('the result of %s: %j', (op, value, words, json) => {
  const operation = op === 'get' ? { op, key: 'k' } : { op, key: 'k', value: 'v' };
  expect(resultInWords(operation, { value })).toBe(words);
  expect(JSON.parse(resultAsJson(operation, { value }))).toEqual(json);
});

test('what was stored steers no terminal, and is the same when it is read as JSON', () => {
  const value = '\u001b[2J\u009b2J\u202e';
  const operation = { op: 'get', key: '\u009bk' } as const;
  expect(resultInWords(operation, { value })).toBe('"\\u001b[2J\\u009b2J\\u202e"');
  expect(resultInWords(operation, { value: null })).toBe('\\u009bk has no value');
  const json = resultAsJson(operation, { value });
  expect(json).not.toMatch(/\p{C}/u);
  expect(JSON.parse(json)).toEqual({ key: '\u009bk', value });
});
