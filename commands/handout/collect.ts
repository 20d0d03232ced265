/**
 * Collects the files of a handout: the programs that students run and all that these import, each without
 * the solution. Nothing gets in by accident: a file that no program needs stays here.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { labs, withFoundations } from '../../labtests/labs';
import { cutSolution, hasMarks } from '../../labtests/solution-regions';
import {
  isBesideStubs,
  ownerOf,
  stubFiles,
  stubsFor,
  studentFilesIn,
} from '../../labtests/student-files';
import { generatedNote } from '../../runtime/markdown';
import { readText } from '../../runtime/text-file';
import type { LabDeclaration } from '../../suite/scenario/lab-declaration';
import { importsOf } from './imports';
import { leaksIn } from './leaks';
import { brokenLinks, type Files } from './links';
import { handoutLock, handoutPackage, type Lock, type Manifest, programsOf } from './packages';
import { readmeFor, withoutLinksTo } from './readme';

/** The files that are loaded by name, which no import shows. */
const loadedByName = [
  'jest.config.cjs',
  'scripts/install.cjs',
  'scripts/tool.cjs',
  'scripts/jest-transform.cjs',
  'labtests/jest/global-setup.cjs',
  'labtests/jest/reporter.cjs',
  'labtests/jest/sequencer.cjs',
  'labtests/workers/worker.cjs',
  'grading/hand-in/read-process.cjs',
  'viewer/run/main.ts',
  'viewer/live/main.ts',
  'viewer/debug/main.ts',
];

/** The files that go along as they are. */
const others = [
  ...['.editorconfig', '.gitattributes', '.gitignore', '.nvmrc', '.vscode/launch.json'],
  ...['LICENSE', 'tsconfig.json'],
  ...[
    'docs/graded.md',
    'docs/graded.zh.md',
    'docs/errors.md',
    'docs/exploring.md',
    'docs/reference/history-format.md',
  ],
  ...['docs/reference/limits.md', 'docs/reference/protocol.md'],
  ...['viewer/tsconfig.json', 'viewer/kit/page.css'],
  ...['viewer/debug/debug.css', 'viewer/live/live.css'],
];

/** Parts that a handout is for unless told: what is graded on request has one of its own. */
export const usualParts: readonly string[] = labs
  .filter(({ graded }) => graded !== 'on request')
  .map(({ part }) => part);

/**
 * Makes the handout of the project at `root` for these parts, and what they build on. Throws an Error when it
 * would not be whole.
 */
export function collect(root: string, parts = usualParts): Files {
  const asked = withFoundations(parts);
  const [kept, left] = [true, false].map((isKept) =>
    labs.filter(({ part }) => asked.includes(part) === isKept),
  ) as [LabDeclaration[], LabDeclaration[]];
  const read = (file: string) => readText(path.join(root, file));
  const files = new Map<string, string>();
  const marked = new Map<string, string>();
  const cut = (file: string) => {
    const text = read(file);
    if (hasMarks(text)) marked.set(file, text);
    const own = cutSolution(text, file);
    return listsOfLabs.includes(file) ? withoutLabs(own, left) : own;
  };
  const packages = new Set<string>();
  const manifest: Manifest = JSON.parse(read('package.json'));
  const stubs = stubsFor(parts);
  const waiting = [...programsOf(manifest), ...loadedByName, ...stubs];
  for (const { test, given } of kept) {
    waiting.push(...[test ?? [], given.filter((file) => !file.endsWith('/'))].flat());
  }
  for (const file of waiting) {
    if (files.has(file)) continue;
    const text = cut(file);
    files.set(file, text);
    const imports = importsOf(root, file, text);
    waiting.push(...imports.files);
    for (const name of imports.packages) packages.add(name);
  }
  const [has, lacks] = foldersOfChapters(kept);
  for (const file of [...others, ...has.flatMap((folder) => pagesIn(root, folder))]) {
    const isPage = file.endsWith('.md');
    const text = page(cut(file));
    files.set(file, isPage ? lacks.reduce((all, one) => withoutLinksTo(one, all), text) : text);
  }
  const readme = readmeFor(
    root,
    kept.filter(({ part }) => parts.includes(part)),
    stubs,
  );
  files.set('README.md', cutSolution(readme, 'README.md'));
  const own = handoutPackage(manifest, packages);
  const lock: Lock = JSON.parse(read('package-lock.json'));
  files.set('package.json', json(own));
  files.set('package-lock.json', json(handoutLock(lock, own)));
  const alone = studentFilesIn(root).filter(isBesideStubs);
  check(files, marked, new Map(alone.map((file) => [file, read(file)])), stubs);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where labs and their scenarios are listed, a line each. */
const listsOfLabs = ['labtests/labs.ts', 'labtests/catalogue.ts'];

/** The list without these labs: neither their folders nor what is imported of them. */
function withoutLabs(text: string, left: readonly LabDeclaration[]): string {
  let kept = text;
  for (const { folder } of left) {
    const from = `'./${path.basename(folder)}(/lab)?'`;
    const [, name] = new RegExp(`^import { (\\w+) } from ${from};$`, 'm').exec(kept) ?? [];
    kept = kept.replace(new RegExp(`^import .*${from};\n`, 'gm'), '');
    if (name !== undefined) kept = kept.replace(new RegExp(`^  ${name},\n`, 'm'), '');
  }
  return kept;
}

/** The folders of chapters that these labs have, and those that only others have. */
function foldersOfChapters(kept: readonly LabDeclaration[]): [string[], string[]] {
  const of = (some: readonly LabDeclaration[]) => [
    ...new Set(some.flatMap(({ pages }) => pages?.chapters ?? [])),
  ];
  const own = of(kept);
  return [own, of(labs).filter((folder) => !own.includes(folder))];
}

/** The chapters for students in a folder, in all languages. */
function pagesIn(root: string, folder: string): string[] {
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

/** `marked`: the texts of the project that have marks; `kept`: those that are the solution's alone. */
function check(files: Files, marked: Files, kept: Files, stubs: readonly string[]): void {
  const broken = brokenLinks(files);
  if (broken.length > 0) throw new Error(`links that lead nowhere: ${broken.join('; ')}`);
  for (const file of files.keys()) {
    if (ownerOf(file) !== 'student' || stubFiles.includes(file)) continue;
    throw new Error(
      `${file} would be in the handout and in hand-ins: list it in labtests/student-files.ts as given, ` +
        'or let no stub import it',
    );
  }
  for (const file of stubs) {
    const hasStub = file.endsWith('-api.ts') || files.get(file)?.includes('notImplemented(');
    if (hasStub && marked.has(file)) continue;
    throw new Error(
      `${file} has no stub: mark the solution in it, see labtests/solution-regions.ts`,
    );
  }
  const [leak, ...more] = leaksIn(files, marked, kept);
  if (leak === undefined) return;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  throw new Error(
    `the handout would have a line of the solution, ${leak}${others}: mark it there as well, or write ` +
      'one of the two lines otherwise if they are equal by chance',
  );
}
