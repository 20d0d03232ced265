/** Each lab is declared whole: what its declaration says is there, and its points are those of its scenarios. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { lectures } from '../commands/debug/lectures';
import type { LabDeclaration } from '../suite/scenario/lab-declaration';
import type { HarmCost } from '../suite/scenario/scenario';
import { everyScenario } from './catalogue';
import { chain } from './example-chain/lab';
import { refuseMismatch, refuseTwins } from './lab-checks';
import { labs } from './labs';

const root = path.join(__dirname, '..');
const byPart = labs.map((lab) => [lab.part, lab] as const);

test('a part is declared once: two labs with one letter are refused', () => {
  expect(() => refuseTwins(labs)).not.toThrow();
  expect(() => refuseTwins([...labs, { ...chain, folder: 'labtests/sequencer' }])).toThrow(
    'two labs are part L, labtests/example-chain and labtests/sequencer: give one of them a letter of its own',
  );
});

test('scenarios are worth what their lab says', () => {
  expect(() => refuseMismatch(labs, everyScenario())).not.toThrow();
  expect(() => refuseMismatch([{ ...chain, points: 7 }], everyScenario())).toThrow(
    'the scenarios of part L are worth 6 points together, and its declaration in labtests/example-chain says points: 7',
  );
});

test('no harm costs more than the lab has, nor more elsewhere than in a plain failover', () => {
  const refused = (harm: HarmCost) => () =>
    refuseMismatch([{ ...chain, harms: { 'stale read': harm } }], everyScenario());
  expect(refused([6, 3])).not.toThrow();
  for (const harm of [7, [7, 3], [2, 3], 0] as const) {
    expect(refused(harm)).toThrow(
      `part L, declared in labtests/example-chain, has the harm stale read cost ${harm}: expected 1 to 6 points, in other runs no more than in a plain failover`,
    );
  }
});

test('a lab without a loaded scenario is refused, with the line that is missing', () => {
  const sequencer: LabDeclaration = { ...chain, part: 'S', folder: 'labtests/sequencer' };
  expect(() => refuseMismatch([sequencer], everyScenario())).toThrow(
    "no scenario of it is loaded: add the line import './sequencer'; to labtests/catalogue.ts",
  );
  const ungraded = labs.filter(({ graded }) => graded === 'never').map(({ part }) => part);
  expect(everyScenario().filter(({ part }) => ungraded.includes(part))).toEqual([]);
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
