/**
 * The words of the pages, in every language they speak. One object per page: an entry that one language lacks does not
 * compile, and a test looks for entries that are empty or were left in English.
 */
export type Language = 'en' | 'zh';

/** Its own name for each language, for the switch. */
export const languages: Readonly<Record<Language, string>> = { en: 'English', zh: '简体中文' };

/** The strings of one page: the English ones give the keys. `{name}` in a string is filled in by `fill`. */
export type Strings<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>;

/** The language of a browser or of `?lang=`, else English. `zh-CN` and `zh-Hans` count as Simplified Chinese. */
export function languageOf(wanted: string | null | undefined): Language {
  return wanted?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** `fill('view {n}', { n: 3 })` is `view 3`. A name that is not given stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
