/** Every page says everything in every language. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fill, languageOf, languages, type Strings } from './catalogue';

/** Strings that are the same in all languages: names of operations of the store. */
const untranslated = new Set(['get', 'put', 'append', 'putHash']);

const files = readdirSync(__dirname).filter(
  (name) => name.endsWith('.ts') && !/^catalogue\.|\.test\.ts$/.test(name),
);
const catalogues = files.flatMap((file) =>
  Object.entries(require(path.join(__dirname, file)) as Record<string, unknown>).map(
    ([name, strings]) => [`${file}: ${name}`, strings as Strings<string>] as const,
  ),
);

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([all]) => all).sort();

test('there are catalogues', () => expect(catalogues.length).toBeGreaterThan(0));

test.each(catalogues)('%s says everything in every language', (_, strings) => {
  expect(Object.keys(strings).sort()).toEqual(Object.keys(languages).sort());
  const wrong = Object.entries(strings.en).flatMap(([key, english]) => {
    const chinese = strings.zh[key] ?? '';
    const hasWords = /\p{Letter}/u.test(english.replaceAll(/\{\w+\}/g, ''));
    const isSame = chinese === english && (untranslated.has(key) || !hasWords);
    return [
      ...(english.trim() === '' || chinese.trim() === '' ? [`${key} is empty`] : []),
      ...(namesIn(english).join() === namesIn(chinese).join() ? [] : [`${key}: other {names}`]),
      ...(isSame || /\p{Script=Han}/u.test(chinese) ? [] : [`${key} is not in Chinese`]),
    ];
  });
  expect(wrong).toEqual([]);
  expect(Object.keys(strings.zh).sort()).toEqual(Object.keys(strings.en).sort());
});

test('a language is chosen by its tag, and English otherwise', () => {
  expect(['zh', 'zh-CN', 'ZH-hans', 'de', '', null, undefined].map(languageOf)).toEqual([
    ...['zh', 'zh', 'zh', 'en', 'en', 'en', 'en'],
  ]);
});

test('names in braces are filled in, and unknown ones stay', () => {
  expect(fill('view {n} of {x}', { n: 3 })).toBe('view 3 of {x}');
});
