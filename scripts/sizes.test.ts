/** No source is longer than one can read at a sitting. */
import { isTest, sources, textOf } from './sources.testing';

const mostLines = 350;

/** The sources that are too long. */
function tooLong(files: readonly string[], textOfFile: (file: string) => string): string[] {
  return files.filter((file) => linesOf(textOfFile(file)) > mostLines);
}

function linesOf(text: string): number {
  return text.trimEnd().split('\n').length;
}

test(`no source outside tests has more than ${mostLines} lines`, () => {
  const files = sources().filter((file) => !isTest(file));
  expect(tooLong(files, textOf)).toEqual([]);
});

test('a source that is too long is seen, one that just fits is not', () => {
  const text = (lines: number) => 'line\n'.repeat(lines);
  const files = { 'a.ts': text(mostLines), 'b.ts': text(mostLines + 1) };
  expect(tooLong(Object.keys(files), (file) => files[file as 'a.ts'])).toEqual(['b.ts']);
});
