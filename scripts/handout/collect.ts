/**
 * Which files make a handout: the programs that students run and whatever these import, each without
 * the solution. So nothing gets in by accident: a file that no program needs stays here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { studentFiles } from '../../labtests/harness/hand-in/student-files';
import { generatedNote } from '../docs/markdown';
import { importsOf } from './imports';
import { brokenLinks } from './links';
import { handoutLock, handoutPackage, type Lock, type Manifest, programsOf } from './packages';
import { cutSolution } from './regions';

/** Texts by file name, relative to the root of the handout, with slashes. */
export type Files = ReadonlyMap<string, string>;

/** What is loaded by its name, which no import shows. */
const loadedByName = [
  'jest.config.cjs',
  'scripts/ensure-installed.cjs',
  'scripts/jest-transform.cjs',
  'labtests/harness/jest/global-setup.cjs',
  'labtests/harness/jest/reporter.cjs',
  'labtests/harness/jest/sequencer.cjs',
  'labtests/harness/runner/worker.cjs',
  'viewer/browser/main.ts',
  'viewer/live/main.ts',
  'viewer/browser/debug/main.ts',
];

/** What goes along as it is. */
const others = [
  ...['.editorconfig', '.gitignore', '.nvmrc', '.vscode/launch.json', 'LICENSE', 'tsconfig.json'],
  ...['docs/errors.md', 'docs/exploring.md', 'docs/reference/history-format.md'],
  ...['docs/reference/limits.md', 'docs/reference/protocol.md'],
  ...['viewer/browser/tsconfig.json', 'viewer/page.css'],
  ...['viewer/debug.css', 'viewer/live/live.css'],
];

const readme = 'scripts/handout/files/README.md';

/** Makes the handout of the project at `root`. Throws an Error when it would not be whole. */
export function collect(root: string): Files {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const manifest: Manifest = JSON.parse(read('package.json'));
  const waiting = [...programsOf(manifest), ...loadedByName, ...parts(root), ...studentFiles];
  for (const file of waiting) {
    if (files.has(file)) continue;
    const text = cutSolution(read(file), file);
    files.set(file, text);
    const imports = importsOf(root, file, text);
    waiting.push(...imports.files);
    for (const name of imports.packages) packages.add(name);
  }
  for (const file of [...others, ...chapters(root)])
    files.set(file, page(cutSolution(read(file), file)));
  files.set('README.md', read(readme));
  const own = handoutPackage(manifest, packages);
  const lock: Lock = JSON.parse(read('package-lock.json'));
  files.set('package.json', json(own));
  files.set('package-lock.json', json(handoutLock(lock, own)));
  check(files);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The test files that run the scenarios. */
function parts(root: string): string[] {
  return readdirSync(path.join(root, 'labtests')).flatMap((folder) => {
    const name = /^(part-[0a-z])-/.exec(folder)?.[1];
    return name === undefined ? [] : [`labtests/${folder}/${name}.test.ts`];
  });
}

/** The chapters for students, in all languages. */
function chapters(root: string): string[] {
  const folder = 'docs/lab';
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`);
}

/** Students have no `npm run docs`. */
function page(text: string): string {
  return text.replace(`${generatedNote}\n\n`, '');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function check(files: Files): void {
  const broken = brokenLinks(files);
  if (broken.length > 0) throw new Error(`links that lead nowhere: ${broken.join('; ')}`);
  for (const file of studentFiles) {
    if (files.get(file)?.includes('notImplemented(') || file.endsWith('-api.ts')) continue;
    throw new Error(`${file} has no stub: mark the solution in it, see scripts/handout/regions.ts`);
  }
}
