/** The handout as a student gets it: made, looked at, run, and solved. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { studentFiles } from '../../labtests/harness/hand-in/student-files';
import { collect, type Files } from './collect';
import { solutionLines } from './regions';
import { writeFiles } from './write';

jest.setTimeout(120_000);

const root = path.resolve(__dirname, '../..');
let files: Files;
let folder: string;
const children = new Set<ChildProcess>();

beforeAll(() => {
  files = collect(root);
  folder = mkdtempSync(path.join(tmpdir(), 'viewlab-handout-'));
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
async function run(...args: string[]) {
  const env = { ...process.env, FORCE_COLOR: '0' };
  // Those of the tests that run here.
  for (const name of Object.keys(env)) {
    if (/^(VIEWLAB_|JEST_|NODE_OPTIONS$)/.test(name)) delete (env as NodeJS.ProcessEnv)[name];
  }
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
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

/** Lines of the solution that the framework has, too, by chance. */
const coincidences = [
  'if (view.viewnum <= this.view.viewnum) return;',
  'readonly reject: (error: RpcError) => void;',
];

test('has no line of the solution', () => {
  const sources = studentFiles.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]);
  const secret = sources.flatMap(([file = '', text = '']) => solutionLines(text, file));
  const given = sources.flatMap(([, text = '']) => text.match(/(?<=\/\/ stub: ).*$/gm) ?? []);
  const harmless = new Set([...given.map((line) => line.trim()), ...coincidences]);
  // Short lines stand everywhere, and so do imports.
  const isTelling = (line: string) =>
    line.length > 30 && !/^import |from '/.test(line) && !harmless.has(line);
  const telling = new Set(secret.map((line) => line.trim()).filter(isTelling));
  expect(telling.size).toBeGreaterThan(150);
  // The heartbeat pair is given: it is what students break, and a design that they must not follow.
  const others = [...files].filter(([file]) => !file.startsWith('pbservice/heartbeat-pair/'));
  const leaks = others.flatMap(([file, text]) =>
    text.split('\n').flatMap((line) => (telling.has(line.trim()) ? [`${file}: ${line}`] : [])),
  );
  expect(leaks).toEqual([]);
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
  const foreign = /broken-solutions|zoo\/|grading|isolated|bench|decisions|docs\/|handout/;
  const known = [...files.keys()].filter((file) => !file.startsWith('docs/'));
  expect(known.filter((file) => foreign.test(file))).toEqual([]);
});

test('is the same each time', () => {
  expect([...collect(root)]).toEqual([...files]);
});

test('every stub names its file and its method', () => {
  const wrong = studentFiles.flatMap((file) =>
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
  const { output } = await run(
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '--noUnusedLocals',
    '--pretty',
    'false',
  );
  const lines = output.split('\n').filter((line) => line !== '');
  // Fields and locals that wait for the student are not used yet.
  const complaints = lines.filter((line) => {
    const [, file = '', at = '0'] =
      /^(.*?)\((\d+),\d+\): error TS(?:6133|6192|6196)/.exec(line) ?? [];
    const source = textOf(file).split('\n')[Number(at) - 1] ?? 'import';
    return !studentFiles.includes(file) || /^import|^ {2}(type )?\w+,$/.test(source);
  });
  expect(complaints).toEqual([]);
});

test('untouched it scores nothing, in seconds, and says what is missing', async () => {
  const { exitCode, output } = await run(jestBin, '-i');
  expect(exitCode).toBe(1);
  expect(output).toMatch(/\nScore: 0\/\d+/);
  expect(output).not.toMatch(/^ok /m);
  for (const line of output.split('\n').filter((text) => /^(FAIL|\?\?) /.test(text))) {
    expect(line).toMatch(/ {2}needs (ViewServer|PbServer|Clerk)\.\w+/);
  }
  expect(output).toContain('Not implemented yet, and which scenarios came upon it:\n');
  expect(output).toContain('  viewservice/server.ts\n    ViewServer.get ');
  expect(output.length).toBeLessThan(12_000);
});

test('npm start says which method is missing, and ends', async () => {
  const { exitCode, output } = await run('scripts/run.cjs', 'scripts/cluster');
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
])('so does %s', async (program, args, stub) => {
  const { exitCode, output } = await run('scripts/run.cjs', program, ...args);
  expect(exitCode).toBe(1);
  expect(output).toContain(`${stub} is not implemented yet`);
  expect(output).not.toContain('    at ');
});

test('so do real processes', async () => {
  const { exitCode, output } = await run('scripts/run.cjs', 'scripts/test-real', '--only', 'B1a');
  expect(exitCode).toBe(1);
  expect(output).toMatch(/\n {2}got {8}\w+\.\w+ in \S+ is not implemented yet\n/);
});

test('with the solution in it, npm start serves the live page', async () => {
  for (const file of studentFiles) copyFileSync(path.join(root, file), path.join(folder, file));
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
  const { exitCode, output } = await run(jestBin, '-i', '--seed', '1');
  expect(output).toMatch(/\nScore: (\d+)\/\1/);
  expect(exitCode).toBe(0);
});
