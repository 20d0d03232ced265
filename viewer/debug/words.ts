/** The words of the page in the language that it speaks now. */

import { languageNow } from '../kit/language';
import { fill, type Said } from '../strings/catalogue';
import { type DebugKey, debugStrings } from '../strings/debug';

type Values = Readonly<Record<string, string | number>>;

export function word(key: DebugKey, values: Values = {}): string {
  return fill(debugStrings[languageNow()][key], values);
}

/** For keys that come from the server: verbs, roles, names of properties. */
export function wordFor(key: string, values: Values = {}): string {
  return Object.hasOwn(debugStrings.en, key) ? word(key as DebugKey, values) : key;
}

/** For what the server says in every language. */
export function said(words: Said): string {
  return words[languageNow()];
}
