/** The handout as a student gets it: made, looked at, run, and solved. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {
  stubFiles,
  stubsFor,
  studentFilesAmong,
  studentFilesIn,
} from '../../labtests/student-files';
import type { Sources } from '../../labtests/zoo/entry';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { collect, usualParts } from './collect';
import type { Files } from './links';
import { withOtherNames, withoutLogs } from './other-names.testing';
import { writeFiles } from './write';

const root = path.resolve(__dirname, '../..');
let files: Files;
let folder: string;
const children = new Set<ChildProcess>();

beforeAll(() => {
  files = collect(root);
  folder = temporaryFolder('viewlab-handout-');
  writeFiles(files, folder);
  linkPackages();
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/**
 * A link for each package that the handout declares, in a folder of its own: what is not declared is
 * not found, and no install in the handout could reach the packages here.
 */
function linkPackages(): void {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json'));
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const link = path.join(folder, 'node_modules', name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(root, 'node_modules', name), link);
  }
  // What npm leaves behind, newer than the lock file: nothing needs to be installed.
  writeFileSync(path.join(folder, 'node_modules', '.package-lock.json'), '{}');
}

function textOf(file: string): string {
  return files.get(file) ?? '';
}

/** Runs a program of the handout, in it. */
async function run(args: readonly string[], input = '') {
  const env = { ...process.env, FORCE_COLOR: '0' };
  // Those of the tests that run here.
  for (const name of Object.keys(env)) {
    if (/^(VIEWLAB_|JEST_|NODE_OPTIONS$)/.test(name)) delete (env as NodeJS.ProcessEnv)[name];
  }
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.add(child);
  child.stdin.end(input);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  const [exitCode] = await once(child, 'close');
  children.delete(child);
  return { exitCode, output, tookMs: performance.now() - startedAt };
}

const jestBin = 'node_modules/jest/bin/jest.js';

test.each([
  ['of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
  ['of old Macs', (text: string) => text.replaceAll('\n', '\r')],
  [
    'of both, after a byte order mark',
    (text: string) => `\uFEFF${text.replace(/: (begin|end)\n/g, ': $1 \r\n')}`,
  ],
])('is the same when student files have line ends %s', (_name, ended) => {
  const copy = path.join(folder, '..', `${path.basename(folder)}-copy`);
  mkdirSync(copy);
  try {
    const own = ['viewservice', 'pbservice', 'client'];
    for (const name of readdirSync(root)) {
      if (own.includes(name))
        cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
      else symlinkSync(path.join(root, name), path.join(copy, name));
    }
    for (const file of studentFilesIn(root)) {
      writeFileSync(path.join(copy, file), ended(readFileSync(path.join(root, file), 'utf8')));
    }
    const made = collect(copy);
    for (const [file, text] of files) expect(`${file}\n${made.get(file)}`).toBe(`${file}\n${text}`);
    expect(made.size).toBe(files.size);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

test('has no marks, self-tests, wrong solutions, or anything of graders', () => {
  const marked = [...files].filter(([, text]) => /(\/\/|<!--) (solution|stub): ?/.test(text));
  expect(marked.map(([file]) => file)).toEqual([]);
  const tests = [...files.keys()].filter((file) => file.endsWith('.test.ts'));
  expect(tests).toEqual([
    'labtests/part-0-break-it/part-0.test.ts',
    'labtests/part-a-view-service/part-a.test.ts',
    'labtests/part-b-primary-backup/part-b.test.ts',
  ]);
  const foreign =
    /broken-solutions|zoo\/|grading\/(?!hand-in)|apart\/|bench|decisions|docs\/|handout/;
  const known = [...files.keys()].filter((file) => !file.startsWith('docs/'));
  expect(known.filter((file) => foreign.test(file))).toEqual([]);
});

test('is the same each time', () => {
  expect([...collect(root)]).toEqual([...files]);
});

test('every stub names its file and its method', () => {
  const wrong = stubFiles.flatMap((file) =>
    [...textOf(file).matchAll(/^.*notImplemented\((.*)\);$/gm)].flatMap(
      ({ 0: line, 1: args, index }) => {
        const [, named, what] = /^'([^']+)', '(?:\w+\.)?([^']+)'$/.exec(args ?? '') ?? [];
        // The signature that the stub stands under.
        const [, method] = /(\w+)\([^()]*\)[^()]*\{\s*$/.exec(textOf(file).slice(0, index)) ?? [];
        return named === file && what === method ? [] : [`${file}: ${line.trim()}`];
      },
    ),
  );
  expect(wrong).toEqual([]);
});

test('compiles, without an import that is not used', async () => {
  const { output } = await run([
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '--noUnusedLocals',
    '--pretty',
    'false',
  ]);
  const lines = output.split('\n').filter((line) => line !== '');
  // Fields and locals that wait for the student are not used yet.
  const complaints = lines.filter((line) => {
    const [, file = '', at = '0'] =
      /^(.*?)\((\d+),\d+\): error TS(?:6133|6192|6196)/.exec(line) ?? [];
    const source = textOf(file).split('\n')[Number(at) - 1] ?? 'import';
    return !stubFiles.includes(file) || /^import|^ {2}(type )?\w+,$/.test(source);
  });
  expect(complaints).toEqual([]);
});

test('untouched it scores nothing, in seconds, and says what is missing', async () => {
  const { exitCode, output } = await run([jestBin, '-i']);
  expect(exitCode).toBe(1);
  expect(output).toMatch(/\nScore: 0\/\d+/);
  expect(output).not.toMatch(/^ok /m);
  for (const line of output.split('\n').filter((text) => /^(FAIL|\?\?) /.test(text))) {
    expect(line).toMatch(/ {2}needs (ViewServer|PbServer|Clerk)\.\w+/);
  }
  expect(output).toContain('Not implemented yet, and which scenarios came upon it:\n');
  expect(output).toContain('  viewservice/server.ts\n    ViewServer.get ');
  expect(output.length).toBeLessThan(14_000);
});

test('npm start says which method is missing, and ends', async () => {
  const { exitCode, output } = await run(['scripts/run.cjs', 'scripts/cluster']);
  expect(exitCode).toBe(1);
  expect(output).toMatch(/\nstart: (ViewServer|PbServer)\.\w+ in \S+ is not implemented yet; /);
  expect(output.split('\n').length).toBeLessThan(10);
});

test.each([
  ['viewservice/main', ['--port', '0'], 'ViewServer.tick in viewservice/server.ts'],
  ['pbservice/main', [], 'PbServer.start in pbservice/server.ts'],
  ['client/main', ['get', 'k'], 'Clerk.perform in client/clerk.ts'],
  ['scripts/replay', ['A3:1'], 'ViewServer.ping in viewservice/server.ts'],
  ['scripts/explore', ['--fresh'], 'PbServer.start in pbservice/server.ts'],
  [
    'scripts/replay',
    ['explore:aa.s2.k1:4,hold.s1-s2.forward'],
    'PbServer.start in pbservice/server.ts',
  ],
  ['scripts/replay', ['debug:aa.s2:4,crash.s1'], 'PbServer.start in pbservice/server.ts'],
])('so does %s', async (program, args, stub) => {
  const { exitCode, output } = await run(['scripts/run.cjs', program, ...args]);
  expect(exitCode).toBe(1);
  expect(output).toContain(`${stub} is not implemented yet`);
  expect(output).not.toContain('    at ');
});

test('so do real processes', async () => {
  const { exitCode, output } = await run(['scripts/run.cjs', 'scripts/test-real', '--only', 'B1a']);
  expect(exitCode).toBe(1);
  expect(output).toMatch(/\n {2}got {8}\w+\.\w+ in \S+ is not implemented yet\n/);
});

/** What a student has written, in its place. */
/** Without the files of labs that no handout has. */
function usual(files: readonly string[]): string[] {
  return files.filter((file) => !stubFiles.includes(file) || stubsFor(usualParts).includes(file));
}

function put(solution: Sources): void {
  for (const file of usual(studentFilesAmong(solution.keys()))) {
    writeFileSync(path.join(folder, file), solution.get(file) ?? '');
  }
}

test('with a right solution of other names in it, it compiles', async () => {
  const solution = withOtherNames();
  put(solution);
  const { output } = await run([
    'node_modules/typescript/bin/tsc',
    ...['--noEmit', '--pretty', 'false'],
  ]);
  expect(output).toBe('');
});

test('with a solution that logs nothing, npm start shows what the chapter shows', async () => {
  const solution = withoutLogs(withOtherNames());
  put(solution);
  const [, sample = ''] =
    /```text\n(> put a 1\n.*?)```/s.exec(textOf('docs/lab/03-the-replicas.md')) ?? [];
  const typed = [...sample.matchAll(/^> (.*)$/gm)].map(([, line = '']) => line);
  const shown = [...sample.matchAll(/^[\d:.]+ (\w+ {2}.*)$/gm)].map(([, line = '']) => line);
  expect([typed.length, shown.length]).toEqual([6, 7]);
  // What a server says of itself, as the chapter tells.
  const expected = shown.filter((line) => !line.includes('has the whole state'));
  const input = typed.flatMap((line) => (line.startsWith('partition') ? ['wait 1', line] : [line]));
  const { output } = await run(
    ['scripts/run.cjs', 'scripts/cluster', '--no-page'],
    `${input.join('\n')}\n`,
  );
  const lines = [...output.matchAll(/^[\d:.]+ (\w+ {2}.*)$/gm)].map(([, line]) => line);
  expect(lines).toEqual(expect.arrayContaining(expected));
  expect(lines).not.toEqual(
    expect.arrayContaining([expect.stringContaining('has the whole state')]),
  );
  for (const said of [/^put a 1: ok/m, /^get a: "1"/m, /^put a 2 @s1: gave up after/m]) {
    expect(output).toMatch(said);
  }
});

test('with the solution in it, npm start serves the live page', async () => {
  for (const file of usual(studentFilesIn(root)))
    copyFileSync(path.join(root, file), path.join(folder, file));
  const child = spawn(process.execPath, ['scripts/run.cjs', 'scripts/cluster', '--replicas', '1'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  while (!/In a browser: \S+\n/.test(output)) await once(child.stdout, 'data');
  const [, link = ''] = /In a browser: (\S+)/.exec(output) ?? [];
  const page = await (await fetch(link)).text();
  expect(page).toContain('package uplot');
  expect(page).toContain('"live/main"');
  child.stdin.end('quit\n');
  await once(child, 'close');
  children.delete(child);
  expect(output).toMatch(/All processes of the cluster have ended\.\n$/);
});

test('with the solution in it, it scores full marks', async () => {
  const { exitCode, output } = await run([jestBin, '-i', '--seed', '1']);
  expect(output).toMatch(/\nScore: (\d+)\/\1/);
  expect(exitCode).toBe(0);
});

test('a handout for one part has the scenarios and the stubs of that lab alone', () => {
  const one = collect(root, ['L']);
  expect(one.get('labtests/labs.ts')).toMatch(/= \[\n[^\n]*\n {2}chain,\n\];/);
  expect(
    [...one.keys()].filter((file) => /^labtests\/(part|example)-[^/]*\/lab\.ts$/.test(file)),
  ).toEqual(['labtests/example-chain/lab.ts']);
  for (const file of ['chain-server.ts', 'node.ts', 'api.ts'].map(
    (name) => `pbservice/chain/${name}`,
  )) {
    expect(one.has(file)).toBe(true);
  }
  expect([...files.keys()].filter((file) => file.includes('chain/'))).toEqual([]);
  const page = one.get('README.md') ?? '';
  expect(page).toMatch(/^# A chain of three servers\n\nThree servers stand in a chain\. /);
  for (const words of [
    '- `pbservice/chain/chain-server.ts`\n',
    'npm test -- L ',
    '--system chain ',
  ]) {
    expect(page).toContain(words);
  }
  expect(page).not.toMatch(/[{}]|view service|backup|chapters|part-0|clerk\.ts|docs\/lab/);
  expect([...one.keys()].filter((file) => file.startsWith('docs/lab/'))).toEqual([]);
  expect(files.get('README.md')).toMatch(/^# Primary\/backup replication/);
  expect([...files.keys()].filter((file) => file.startsWith('docs/lab/')).length).toBeGreaterThan(
    9,
  );
  expect(collect(root, ['B']).has('labtests/part-a-view-service/lab.ts')).toBe(true);
});
