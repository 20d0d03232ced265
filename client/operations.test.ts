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
