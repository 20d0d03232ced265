/** The decisions: three lines each, under ids that last, with files that are there. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { sources, textOf } from './sources.testing';

const root = path.resolve(__dirname, '..');
const paragraphs = textOf('docs/decisions.md').split(/\n\n+/).slice(2);
const decisions = paragraphs.filter((text) => text.startsWith('**'));
const ids = decisions.map((text) => /^\*\*([A-Z]\d+)\. /.exec(text)?.[1] ?? text);

test('each has an id of its room, and three lines', () => {
  let room = '';
  let count = 0;
  for (const text of paragraphs) {
    if (text.startsWith('## ')) {
      [room, count] = ['', 0];
      continue;
    }
    const [, letter = '', number] = /^\*\*([A-Z])(\d+)\. .*\*\*$/m.exec(text) ?? [];
    room ||= letter;
    // A decision that does not hold any more takes its number with it.
    expect(letter).toBe(room);
    expect(Number(number)).toBeGreaterThan(count);
    count = Number(number);
    expect(text.trim().split('\n')).toHaveLength(3);
  }
  expect(new Set(ids).size).toBe(decisions.length);
});

test('files that decisions name are there', () => {
  const named = decisions.flatMap((text) =>
    [...text.matchAll(/`([a-z][\w-]*(?:\/[\w.-]+)+\/?)`/g)].map(([, file = '']) => file),
  );
  expect(named.length).toBeGreaterThan(10);
  const folders = readdirSync(root);
  const isOurs = (file: string) => folders.includes(file.split('/')[0] ?? '');
  expect(named.filter((file) => isOurs(file) && !existsSync(path.join(root, file)))).toEqual([]);
});

test('decisions that comments cite are there', () => {
  const cited = sources().flatMap((file) =>
    [...textOf(file).matchAll(/\bdecisions? ([A-Z]\d+)/g)].map(([, id = '']) => `${file}: ${id}`),
  );
  expect(cited.length).toBeGreaterThan(10);
  expect(cited.filter((cite) => !ids.includes(cite.split(': ')[1] ?? ''))).toEqual([]);
});
