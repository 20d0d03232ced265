/**
 * The files of a grader: the program and all that it loads. The solution is not among them, so
 * that there is nothing to be read by a hand-in that gets further than it should.
 */
import path from 'node:path';
import { givenFilesIn, ownerOf } from '../../labtests/student-files';
import { readText } from '../../runtime/text-file';
import { importsOf } from '../handout/imports';

/** The files that are started or read by name, which no import shows. */
const loadedByName = [
  ...['scripts/run.cjs', 'scripts/install.cjs', 'scripts/grade.ts'],
  'nodes/apart/node-process.cjs',
  'nodes/apart/compile-files.cjs',
  'grading/grader-process.cjs',
  'grading/hand-in/read-process.cjs',
];
const others = ['package.json', 'package-lock.json', 'tsconfig.json', 'LICENSE'];

/**
 * Texts by file name, relative to the root, with slashes. Throws an Error when the framework needs a file of the
 * student's to load: there is none beside the grader. What nodes load in their sandbox is `given`, and may.
 */
export function graderFiles(root: string): ReadonlyMap<string, string> {
  const read = (file: string) => readText(path.join(root, file));
  const files = new Map<string, string>();
  const given = givenFilesIn(root);
  const isMain = (file: string) => file.endsWith('/main.ts');
  const waiting = [...loadedByName, ...given.filter((file) => !isMain(file))];
  for (const file of waiting) {
    if (files.has(file) || ownerOf(file) === 'student') continue;
    const text = read(file);
    files.set(file, text);
    const loaded = importsOf(root, file, text.replace(/^import type [^;]*;/gm, '')).files;
    const missing = loaded.find((one) => ownerOf(one) === 'student');
    if (missing !== undefined && !given.includes(file)) {
      throw new Error(`${file} needs ${missing}, which is the student's: no grader has it`);
    }
    waiting.push(...importsOf(root, file, text).files);
  }
  // A main is here to be compared with what is handed in, and never runs.
  for (const file of [...others, ...given.filter(isMain)]) files.set(file, read(file));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
