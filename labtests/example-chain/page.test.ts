/** "Write a lab of your own" shows the code that stands in the repository, in both languages. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '../..');

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
