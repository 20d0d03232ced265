/** The first sentence of a file names its subject: it begins with a noun or a verb, and no pronoun carries it. */
import { sources, textOf } from './sources.testing';

const pronouns = [
  ...['Who', 'Whoever', 'Whom', 'Whose', 'What', 'Which', 'That', 'Those', 'It', 'They', 'So'],
  ...['How', 'Where', 'When', 'Whether', 'Why'],
];

/** The first word of the comment that a file begins with; undefined: it begins with none. */
function firstWord(text: string): string | undefined {
  return /^\/\*\*\s*(?:\* )?(\w+)/.exec(text)?.[1];
}

test('no file begins with a pronoun', () => {
  const words = sources().map((file) => ({ file, word: firstWord(textOf(file)) }));
  expect(words.filter(({ word }) => word !== undefined).length).toBeGreaterThan(500);
  expect(words.filter(({ word }) => word !== undefined && pronouns.includes(word))).toEqual([]);
});

test('the first word of either form of comment is seen', () => {
  expect(firstWord('/** What comes next. */\n')).toBe('What');
  expect(firstWord('/**\n * Who asks.\n */\n')).toBe('Who');
  expect(firstWord("import a from 'a';\n/** What. */\n")).toBeUndefined();
});
