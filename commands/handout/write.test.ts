import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { requireFreshFolder, writeFiles } from './write';

let folder: string;
let project: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-write-');
  project = path.join(folder, 'project');
  mkdirSync(project);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder that is new or empty will do, also one whose name begins like the project', () => {
  for (const name of ['new/deep', 'project-handout', '..out']) {
    requireFreshFolder(path.join(folder, name), project);
  }
  mkdirSync(path.join(folder, 'empty'));
  requireFreshFolder(path.join(folder, 'empty'), project);
});

test('what has files in it is refused, and so is a file', () => {
  mkdirSync(path.join(folder, 'full'));
  writeFileSync(path.join(folder, 'full', 'thesis.txt'), 'mine');
  expect(() => requireFreshFolder(path.join(folder, 'full'), project)).toThrow(
    /--out: expected a new or empty folder, but .*full has files in it \(thesis\.txt\)/,
  );
  expect(() => requireFreshFolder(path.join(folder, 'full/thesis.txt'), project)).toThrow(
    /--out: expected a folder, got the file .*thesis\.txt/,
  );
});

test('the project itself is refused, and what is in it, also by way of a link', () => {
  symlinkSync(project, path.join(folder, 'link'));
  for (const out of [project, path.join(project, 'a/b'), path.join(folder, 'link/handout')]) {
    expect(() => requireFreshFolder(out, project)).toThrow(
      'expected a folder outside this project',
    );
  }
});

test('files are written with their folders; what prevents it is one sentence', () => {
  const out = path.join(folder, 'out');
  writeFiles(new Map([['a/b.txt', 'text']]), out);
  expect(readFileSync(path.join(out, 'a/b.txt'), 'utf8')).toBe('text');
  expect(() => writeFiles(new Map([['a', 'text']]), path.join(out, 'a/b.txt'))).toThrow(
    /^cannot write the handout: /,
  );
});
