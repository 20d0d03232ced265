/** The words of the page in the language that it speaks now. */

import { element } from '../kit/dom';
import { fill, type Language, languageOf, languages, type Said } from '../strings/catalogue';
import { type DebugKey, debugStrings } from '../strings/debug';

type Values = Readonly<Record<string, string | number>>;

/** Where the choice of somebody is kept, for the next time. */
const kept = 'viewlab-language';

let language: Language = languageOf(
  new URLSearchParams(location.search).get('lang') ??
    localStorage.getItem(kept) ??
    navigator.language,
);

export function word(key: DebugKey, values: Values = {}): string {
  return fill(debugStrings[language][key], values);
}

/** The language of the page. */
export function languageNow(): Language {
  return language;
}

/** For keys that come from the server: verbs, roles, names of properties. */
export function wordFor(key: string, values: Values = {}): string {
  return Object.hasOwn(debugStrings.en, key) ? word(key as DebugKey, values) : key;
}

/** For what the server says in every language. */
export function said(words: Said): string {
  return words[language];
}

export function tellLanguage(): void {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
}

export function languageSwitch(onChange: () => void): HTMLElement {
  const options = Object.entries(languages).map(([value, name]) =>
    element('option', { value, selected: value === language, lang: value }, name),
  );
  const select = element('select', { id: 'language' }, ...options);
  select.addEventListener('change', () => {
    language = languageOf(select.value);
    localStorage.setItem(kept, language);
    tellLanguage();
    onChange();
  });
  return element('label', {}, `${word('language')} `, select);
}
