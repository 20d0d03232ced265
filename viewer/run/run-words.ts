/** The words of the page in the language that it speaks now. */
import { element } from '../kit/dom';
import { languageNow } from '../kit/language';
import { fill } from '../strings/catalogue';
import { type RunKey, runStrings } from '../strings/run';

export function runWord(
  key: RunKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(runStrings[languageNow()][key], values);
}

/** A word that the data of the page has in English, where the page knows it: `note` and `hint`. */
export function knownWord(kind: 'note' | 'fault of', english: string): HTMLElement | string {
  const key = `${kind} ${english}`;
  return Object.hasOwn(runStrings.en, key) ? runWord(key as RunKey) : inEnglish(english);
}

/** A text of the checker or of a scenario, which there is in English only. */
export function inEnglish(text: string): HTMLElement {
  return element('span', { lang: 'en' }, text);
}
