/** The compiled code is kept where it can be, and a place that cannot be written costs time alone. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './temporary-folder';

const root = path.join(__dirname, '..');
const isRoot = process.getuid?.() === 0;
/** To a root user no folder is read-only, so what is tested runs as nobody then. */
const asUser = isRoot
  ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath]
  : [process.execPath];
/** A checkout in a folder of root alone cannot be read by nobody. */
const readable = `require('node:fs').accessSync(${JSON.stringify(path.join(root, 'package.json'))})`;
const canRun = spawnSync(asUser[0] ?? '', [...asUser.slice(1), '-e', readable]).status === 0;
const testHere = canRun ? test : test.skip;
let folder: string;

beforeEach(() => {
  folder = temporaryFolder('viewlab-install-');
  chmodSync(folder, 0o755);
  for (const inner of ['runtime', 'node_modules', 'temporary']) mkdirSync(path.join(folder, inner));
  for (const file of ['typescript.cjs', 'compile-cache.cjs']) {
    copyFileSync(path.join(root, 'runtime', file), path.join(folder, 'runtime', file));
  }
  for (const file of ['package-lock.json', 'tsconfig.json']) {
    copyFileSync(path.join(root, file), path.join(folder, file));
  }
  for (const name of readdirSync(path.join(root, 'node_modules'))) {
    if (name.startsWith('.')) continue;
    symlinkSync(path.join(root, 'node_modules', name), path.join(folder, 'node_modules', name));
  }
});

afterEach(() => {
  chmodSync(path.join(folder, 'node_modules'), 0o755);
  rmSync(folder, { recursive: true, force: true });
});

const modes = { 'can be written': 0o777, 'cannot be written': 0o555 };

/** Compiles a file in a process; what it says. */
function compile(): string {
  const program = `
    const { compile, compileAlone } = require('./runtime/typescript.cjs');
    for (const make of [compile, compileAlone]) {
      console.log(make('export const a: number = ' + make.name.length, '/somewhere/a.ts').split('\\n')[2]);
    }`;
  const [command = '', ...args] = [...asUser, '-e', program];
  const { stdout, stderr } = spawnSync(command, args, {
    ...{ cwd: folder, encoding: 'utf8' },
    env: { ...process.env, TMPDIR: path.join(folder, 'temporary') },
  });
  return stdout + stderr;
}

function kept(place: string): number {
  const all = readdirSync(path.join(folder, place), { recursive: true, encoding: 'utf8' });
  return all.filter((name) => /viewlab.*\.js$/.test(name)).length;
}

testHere.each([
  ['can be written', 'can be written', [1, 0]],
  ['cannot be written', 'can be written', [0, 1]],
  ['cannot be written', 'cannot be written', [0, 0]],
] as const)(
  'an install that %s, temporary files that %s',
  (install, temporary, [inInstall, inTemporary]) => {
    chmodSync(path.join(folder, 'temporary'), modes[temporary]);
    chmodSync(path.join(folder, 'node_modules'), modes[install]);
    for (let run = 0; run < 2; run += 1) {
      expect(compile()).toBe('exports.a = void 0;\nexports.a = void 0;\n');
    }
    const cache = readdirSync(path.join(folder, 'node_modules')).includes('.cache');
    expect(cache ? kept('node_modules/.cache') > 0 : false).toBe(inInstall > 0);
    expect(kept('temporary') > 0).toBe(inTemporary > 0);
  },
  60_000,
);

testHere(
  'a cache that others can write is not used',
  () => {
    chmodSync(path.join(folder, 'temporary'), 0o777);
    chmodSync(path.join(folder, 'node_modules'), 0o555);
    const uid = isRoot ? 65534 : process.getuid?.();
    const planted = path.join(folder, 'temporary', `viewlab-cache-${uid}`);
    mkdirSync(planted);
    chmodSync(planted, 0o777);
    expect(compile()).toBe('exports.a = void 0;\nexports.a = void 0;\n');
    expect(kept('temporary')).toBe(0);
  },
  60_000,
);

testHere(
  'what is kept of a source serves each file that has it, and names that one',
  () => {
    chmodSync(path.join(folder, 'node_modules'), 0o777);
    const program = `
      const { compile } = require('./runtime/typescript.cjs');
      const source = "export const a: string = '//# sourceMappingURL=';";
      for (const file of ['/one place/a.ts', '/another/b.ts', '/one place/a.ts']) {
        const [code, map] = compile(source, file).split('base64,');
        const { sources, mappings, sourcesContent } = JSON.parse(Buffer.from(map, 'base64'));
        console.log(JSON.stringify([sources, mappings.length > 0, sourcesContent[0] === source]));
      }`;
    const [command = '', ...args] = [...asUser, '-e', program];
    const { stdout } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual([
      '[["/one place/a.ts"],true,true]',
      '[["/another/b.ts"],true,true]',
      '[["/one place/a.ts"],true,true]',
    ]);
    expect(kept('node_modules/.cache')).toBe(1);
  },
  60_000,
);
