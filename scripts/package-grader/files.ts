/**
 * Which files make a grader: the program and whatever it loads. The solution is not among them, so
 * that there is nothing to be read by a hand-in that gets further than it should.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { studentFiles } from '../../labtests/harness/hand-in/student-files';
import { importsOf } from '../handout/imports';

/** What is started or read by its name, which no import shows. */
const loadedByName = [
  ...['scripts/run.cjs', 'scripts/ensure-installed.cjs', 'scripts/grade.ts'],
  'labtests/harness/isolated/node-process.cjs',
  'labtests/harness/isolated/compile-files.cjs',
  'labtests/harness/grading/grader-process.cjs',
];
const others = ['package.json', 'package-lock.json', 'tsconfig.json', 'LICENSE'];

/** Texts by file name, relative to the root, with slashes. */
export function graderFiles(root: string): ReadonlyMap<string, string> {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const files = new Map<string, string>();
  const waiting = [...loadedByName, ...aroundTheHandIn(root)];
  for (const file of waiting) {
    if (files.has(file) || studentFiles.includes(file)) continue;
    const text = read(file);
    files.set(file, text);
    waiting.push(...importsOf(root, file, text).files);
  }
  for (const file of others) files.set(file, read(file));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a hand-in is put together with. */
function aroundTheHandIn(root: string): string[] {
  return ['viewservice', 'pbservice', 'client'].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'main.ts')
      .map((name) => `${folder}/${name}`),
  );
}
