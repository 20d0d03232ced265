import { UsageError } from '../exit';

/**
 * Splits a typed line into words as a shell would: quotes, single or double, keep spaces together,
 * and `""` is an empty word. There is no other magic: a backslash is a backslash.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const character of line) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) throw new UsageError(`the quote ${quote} is not closed`);
  if (word !== undefined) words.push(word);
  return words;
}
