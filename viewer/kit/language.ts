/** The language that a page speaks: as its address says, else as somebody chose before, else as the browser does. */
import { type Language, languageOf, languages } from '../strings/catalogue';
import { element } from './dom';

/** Where the choice of somebody is kept, for the next time. */
const kept = 'viewlab-language';

let language: Language = languageOf(
  new URLSearchParams(location.search).get('lang') ?? choice() ?? navigator.language,
);

/** The language of the page. */
export function languageNow(): Language {
  return language;
}

/** Says it to the browser, which chooses fonts and voices by it. */
export function tellLanguage(): void {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
}

/** The switch, with its label in front. */
export function languageSwitch(label: string, onChange: () => void): HTMLElement {
  const options = Object.entries(languages).map(([value, name]) =>
    element('option', { value, selected: value === language, lang: value }, name),
  );
  const select = element('select', { id: 'language' }, ...options);
  select.addEventListener('change', () => {
    language = languageOf(select.value);
    keep(language);
    tellLanguage();
    onChange();
  });
  return element('label', {}, `${label} `, select);
}

/** null: nobody chose, or the browser keeps nothing for pages that are files. */
function choice(): string | null {
  try {
    return localStorage.getItem(kept);
  } catch {
    return null;
  }
}

function keep(chosen: Language): void {
  try {
    localStorage.setItem(kept, chosen);
  } catch {
    // The page speaks it all the same, until it is closed.
  }
}
