import { splitWords } from './line-words';

test.each([
  ['', []],
  ['   ', []],
  ['put a 1', ['put', 'a', '1']],
  ['  put\ta   1 ', ['put', 'a', '1']],
  ['put a "two words"', ['put', 'a', 'two words']],
  ['put a \'say "hi"\'', ['put', 'a', 'say "hi"']],
  ['put a ""', ['put', 'a', '']],
  ['put a b"c d"e', ['put', 'a', 'bc de']],
  ['put a \\n', ['put', 'a', '\\n']],
])('%j', (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test('a quote that is not closed is named', () => {
  expect(() => splitWords('put a "b')).toThrow('the quote " is not closed');
});
