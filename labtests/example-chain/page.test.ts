/** "Write a lab of your own" shows the code that stands in the repository, in both languages. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '../..');

/** What kind of line each is: of headings, tables, lists and code, which both languages have alike. */
function outline(page: string): string[] {
  const lines = readFileSync(path.join(root, page), 'utf8').split('\n');
  return lines.flatMap((line) => /^(#+ |\| `|- |```\w*)/.exec(line)?.[0].slice(0, 3) ?? []);
}

test('the page has the same parts in both languages', () => {
  const parts = outline('docs/own-lab.md');
  expect(parts.length).toBeGreaterThan(60);
  expect(outline('docs/own-lab.zh.md')).toEqual(parts);
});

test.each(['docs/own-lab.md', 'docs/own-lab.zh.md'])(
  'the code of %s is that of the example',
  (page) => {
    const blocks = [
      ...readFileSync(path.join(root, page), 'utf8').matchAll(/```ts\n\/\/ (\S+)\n(.*?)\n```/gs),
    ];
    expect(blocks.length).toBeGreaterThanOrEqual(9);
    for (const [, file = '', code = ''] of blocks) {
      expect(readFileSync(path.join(root, file), 'utf8')).toContain(code);
    }
  },
);
