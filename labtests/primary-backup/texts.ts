/** Texts that careless code trips over: as keys, values, results and names of clients they are like any others. */
import { maxKeyLength } from '../../pbservice/api';

/** What JavaScript takes for something else. */
export const ofJavaScript = [
  ...['__proto__', 'constructor', '', 'toString'],
  ...['null', 'undefined', '0', '[object Object]'],
] as const;

/** What encodings, lines and terminals take for something else; the last but one is a half of a character. */
export const beyondAscii = [
  ...['键', '😀\n', '\u0000', 'ключ 🗝'],
  ...['e\u0301', '\u2028', '\ud83d', ' two words\t'],
] as const;

export const awkwardTexts: readonly string[] = [...ofJavaScript, ...beyondAscii];

/** As long as a key may be. */
export function longestKey(start: string): string {
  return start.padEnd(maxKeyLength, '键');
}

/** A state of them: an empty value is not the same as none. */
export const awkwardEntries: readonly (readonly [key: string, value: string])[] = [
  ['empty', ''],
  ['', 'of the empty key'],
  ['__proto__', 'constructor'],
  ['键 😀\n', '值 😀\u0000'],
  [longestKey('k'), 'of the longest key'],
];
