/** Words name scenarios the same way in all commands, and what is wrong with them is said. */
import { allScenarios } from '../../labtests/catalogue';
import { isScenarioWord, oneRun, scenariosNamed, select } from './selection';

const all = allScenarios();
const casesOfB9 = all.map(({ id }) => id).filter((id) => /^B9[a-z]$/.test(id));
const named = (words: string) => scenariosNamed(all, words).map(({ id }) => id);

test('a scenario, a case and a part, in capitals or not', () => {
  expect(named('B2')).toEqual(['B2']);
  expect(named('b2, a5B')).toEqual(['A5b', 'B2']);
  expect(casesOfB9.length).toBeGreaterThan(1);
  expect(named('B9')).toEqual(casesOfB9);
  for (const part of ['part-a', 'Part-A', 'A']) {
    expect(named(part)).toEqual(all.filter((one) => one.part === 'A').map(({ id }) => id));
  }
});

test.each([
  ['B44', /got "B44"\. Did you mean B4\?$/],
  ['part-c', /got "part-c"\. Did you mean part-a\?$/],
  ['B2,,B4', /got ""$/],
  ['rules', /expected part-a, part-b, or scenarios like .*; got "rules"$/],
])('%s names nothing, and that is said', (words, sentence) => {
  expect(() => named(words)).toThrow(sentence);
});

test('what is skipped is known, and something must be left', () => {
  const { chosen, skipped } = select(all, { only: 'B36,B4', skip: 'B36' });
  expect(chosen.map(({ id }) => id)).toEqual(['B4']);
  expect(skipped.map(({ id }) => id)).toEqual(['B36a', 'B36b', 'B36c']);
  expect(select(all, {}).skipped).toEqual([]);
  expect(() => select(all, { only: 'B4', skip: 'part-b' })).toThrow('expected to leave something');
});

test('a run is a scenario and a seed', () => {
  expect(oneRun(all, 'b4:17')).toMatchObject({ scenario: { id: 'B4' }, seed: 17 });
  // B20 is a scenario of its own, beside B20b.
  expect(oneRun(all, 'B20:0')).toMatchObject({ scenario: { id: 'B20' }, choices: undefined });
});

test.each([
  [
    'B4',
    /^expected a seed after the scenario; got "B4"\. .*npm run replay -- B4:1\b.*npm test -- B4$/,
  ],
  ['B4:', /expected a seed/],
  ['B44:1', /got "B44"\. Did you mean B4:1\?$/],
  [
    'B9:3',
    new RegExp(
      `^"B9" has several scenarios; expected one of ${casesOfB9.map((id) => `${id}:3`).join(', ')}$`,
    ),
  ],
  ['B4:x', /^expected a whole number from 0 on as the seed; got "x"$/],
  ['B4:1e3', /whole number/],
  ['B4:-1', /whole number/],
  ['B4:99999999999999999999', /whole number/],
  ['B4:1:2', /^expected nothing after the seed of B4; got "2"\. Did you mean B4:1\?$/],
  ['nowhere.ndjson', /or the file of a trace; got "nowhere\.ndjson"$/],
])('%s is no run, and that is said', (schedule, sentence) => {
  expect(() => oneRun(all, schedule)).toThrow(sentence);
});

test('words that can mean nothing but scenarios are told from names of files', () => {
  for (const word of ['A', 'b2', 'B44', 'part-a', 'part-z', 'B4:17']) {
    expect(isScenarioWord(word)).toBe(true);
  }
  for (const word of ['rules', 'labtests/zoo', 'part-a-view-service', 'part-0', 'B2.test']) {
    expect(isScenarioWord(word)).toBe(false);
  }
});
