import { brokenLinks } from './links';

test('links lead to files, folders and headings, from where the page is', () => {
  const files = new Map([
    ['README.md', '# One `two`\n[a](docs/a.md) [b](#one-two) [c](docs) [d](https://x.y/z)'],
    ['docs/a.md', '# A\n[up](../README.md#one-two)'],
  ]);
  expect(brokenLinks(files)).toEqual([]);
});

test('each link that leads nowhere is named with its page', () => {
  const files = new Map([
    ['README.md', '[a](docs/a.md) [b](#two)'],
    ['docs/b.md', '[c](README.md)'],
  ]);
  expect(brokenLinks(files)).toEqual([
    'README.md: docs/a.md',
    'README.md: #two',
    'docs/b.md: README.md',
  ]);
});
