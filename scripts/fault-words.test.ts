/** Each fault has one word (`runtime/fault-words.ts`): whatever names one in a program or on a page uses that. */
import ts from 'typescript';
import { earlierWords, faultWords, typedWords } from '../runtime/fault-words';
import { sweptFaults } from '../suite/campaigns/swept/faults';
import { debugStrings } from '../viewer/strings/debug';
import { liveStrings } from '../viewer/strings/live';
import { moveKinds } from '../worlds/explored/move-words';
import { textOf } from './sources.testing';

const isFault = (word: string) => Object.hasOwn(faultWords, word);

/** What a place may name beside faults. Whoever adds a word to a place adds it here, or to the table. */
const otherWords = {
  trace: [
    'start',
    'stop',
    'tick',
    'timer',
    'send',
    'deliver',
    'view',
    'invoke',
    'return',
    'log',
    'failure',
  ],
  moves: ['deliver', 'timer', 'timeout', 'tick', 'get', 'put', 'append', 'putHash'],
  World: [
    ...['kind', 'now', 'random', 'start', 'isRunning', 'tick', 'invoke', 'call', 'sleep', 'until'],
    ...[
      'latestView',
      'viewNow',
      'heardMs',
      'latestAcknowledged',
      'restartMs',
      'requestsSent',
      'bytesSent',
    ],
    ...['failures', 'misuse', 'trace'],
  ],
  Faults: ['any', 'isCut', 'fateOf', 'planned', 'delivery', 'timeFor'],
  LabFaults: [
    ...[
      'mayCrash',
      'maySilence',
      'isPair',
      'isSpare',
      'slowDown',
      'jumble',
      'failOver',
      'finish',
      'finishUnderFaults',
      'stuck',
      'progress',
      'refuseToTake',
    ],
  ],
} as const;

/** The members that a class or an interface of this name declares, but for its fields that are private. */
function membersOf(file: string, name: string): string[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const isIt =
      (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)) &&
      statement.name?.text === name;
    if (!isIt) return [];
    const members: readonly (ts.ClassElement | ts.TypeElement)[] = [...statement.members];
    return members
      .filter((member) => !ts.isPropertyDeclaration(member))
      .flatMap((member) => member.name?.getText() ?? []);
  });
}

/** The literals that stand for the `type` of an event in `runtime/trace.ts`. */
function eventTypes(): string[] {
  const types: string[] = [];
  const source = ts.createSourceFile(
    't.ts',
    textOf('runtime/trace.ts'),
    ts.ScriptTarget.Latest,
    true,
  );
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && node.name.getText() === 'type') {
      types.push(
        ...[...(node.type?.getText() ?? '').matchAll(/'(\w+)'/g)].map(([, word = '']) => word),
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return types;
}

/** `dropNext`, `cutOneWay`, `crashPrimary`: the word of the fault comes first. */
const firstWord = (name: string) => (isFault(name) ? name : (/^[a-z]+/.exec(name)?.[0] ?? ''));

function strangers(words: readonly string[], others: readonly string[]): string[] {
  return words.filter((word) => !isFault(firstWord(word)) && !others.includes(word));
}

test.each([
  ['events of traces', eventTypes(), otherWords.trace],
  ['moves of schedules', [...moveKinds.keys()], otherWords.moves],
  ['faults of sweeps', [...sweptFaults], []],
  ['worlds', membersOf('worlds/world.ts', 'World'), otherWords.World],
  ['faults of a network', membersOf('runtime/faults.ts', 'Faults'), otherWords.Faults],
  [
    'the language of scenarios',
    membersOf('labtests/primary-backup/faults.ts', 'LabFaults'),
    otherWords.LabFaults,
  ],
])('%s have the words of the table', (_, words, others) => {
  expect(words.filter((word) => isFault(firstWord(word))).length).toBeGreaterThan(5);
  expect(strangers(words, others)).toEqual([]);
});

test('pages have them, as the table has them in each language', () => {
  for (const language of ['en', 'zh'] as const) {
    for (const strings of [debugStrings[language], liveStrings[language]]) {
      const named = Object.entries(strings).filter(([key]) => isFault(key));
      expect(named.length).toBeGreaterThan(5);
      for (const [key, text] of named) {
        const label = faultWords[key as keyof typeof faultWords][language];
        expect(text.toLowerCase()).toBe(label.toLowerCase());
      }
    }
  }
});

test('a word of earlier schedules, or of the prompt, is the key of no string and of no member', () => {
  const earlier = [
    ...Object.keys(earlierWords.explored),
    ...Object.keys(earlierWords.swept),
    ...Object.keys(typedWords),
  ].filter((word) => !isFault(word));
  expect(earlier).toEqual(expect.arrayContaining(['free', 'twice', 'late', 'kill']));
  const keys = [
    ...Object.keys(debugStrings.en),
    ...Object.keys(liveStrings.en),
    ...moveKinds.keys(),
  ];
  expect(keys.filter((key) => earlier.includes(key))).toEqual([]);
});

test('another word for a fault is seen', () => {
  expect(strangers(['crash', 'dropNext', 'loseNext', 'kill', 'unblock'], [])).toEqual([
    'loseNext',
    'kill',
    'unblock',
  ]);
});

test('each entry says what it means, and no two mean the same', () => {
  const meanings = Object.values(faultWords).map(({ meaning }) => meaning);
  expect(new Set(meanings).size).toBe(meanings.length);
  for (const { meaning, seen, en, zh } of Object.values(faultWords)) {
    for (const text of [meaning, seen, en, zh]) expect(text).not.toBe('');
  }
});
