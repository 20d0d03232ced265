/** Each lab is declared whole: what its declaration says is there, and its points are those of its scenarios. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { lectures } from '../commands/debug/lectures';
import { everyScenario } from './catalogue';
import { labs } from './labs';

const root = path.join(__dirname, '..');
const byPart = labs.map((lab) => [lab.part, lab] as const);

test('a part is declared once', () => {
  const parts = labs.map(({ part }) => part);
  expect(parts).toEqual([...new Set(parts)]);
});

test.each(byPart)('the scenarios of part %s are worth what it says', (part, lab) => {
  const own = everyScenario().filter((scenario) => scenario.part === part);
  const sum = own.reduce((points, scenario) => points + scenario.points, 0);
  expect(lab.points ?? 0).toBe(sum);
  expect(lab.graded === 'never').toBe(own.length === 0);
});

test.each(byPart)(
  'what part %s names is there',
  (_, { stubs, given, test: file = [], systems }) => {
    const missing = [...stubs, ...given, file]
      .flat()
      .filter((one) => !existsSync(path.join(root, one)));
    expect(missing).toEqual([]);
    expect(systems).not.toEqual([]);
  },
);

test('lectures have names of their own, words for each slide, and begin without steps', () => {
  const ids = lectures.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  for (const { name, slides } of lectures) {
    expect(slides[0]?.steps).toEqual([]);
    for (const { en, zh } of [name, ...slides.map(({ words }) => words)]) {
      expect(en).toMatch(/[a-z]/);
      expect(zh).toMatch(/\p{Script=Han}/u);
    }
  }
});
