/**
 * The words of the pages, in every language they speak. One object per page: an entry that one language lacks does not
 * compile, and a test looks for entries that are empty or were left in English.
 */
import { type FaultName, faultWords } from '../../runtime/fault-words';

export type Language = 'en' | 'zh';

/** The same in every language. */
export type Said = Readonly<Record<Language, string>>;

/** The name of each language in itself, for the switch. */
export const languages: Said = { en: 'English', zh: '简体中文' };

/** The strings of one page: the English ones give the keys. `{name}` in a string is filled in by `fill`. */
export type Strings<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>;

/** The language of a browser or of `?lang=`, else English. `zh-CN` and `zh-Hans` count as Simplified Chinese. */
export function languageOf(wanted: string | null | undefined): Language {
  return wanted?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** A word as a button has it. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** The words for faults as the buttons of a page have them. */
export function faultButtons<Name extends FaultName>(
  language: Language,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const entries = names.map((name) => [name, capitalised(faultWords[name][language])]);
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** `fill('view {n}', { n: 3 })` is `view 3`. A name that is not given stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
