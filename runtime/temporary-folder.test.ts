import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './temporary-folder';

const root = path.join(__dirname, '..');
let place: string;
beforeEach(() => {
  place = temporaryFolder('viewlab-temporary-');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** What is left in the place by a process that makes a folder there, and then does this. */
function left(then: string): string[] {
  const program = `
    require('./runtime/typescript.cjs').register();
    const { temporaryFolder } = require('./runtime/temporary-folder.ts');
    const folder = temporaryFolder('viewlab-made-');
    require('node:fs').writeFileSync(folder + '/file', '');
    ${then}`;
  const env = { ...process.env, TMPDIR: place };
  spawnSync(process.execPath, ['-e', program], { cwd: root, env });
  return readdirSync(place).filter((name) => name.startsWith('viewlab-'));
}

test('it is gone when its process ends, also by an error', () => {
  expect(left('')).toEqual([]);
  expect(left(`throw new Error('on purpose');`)).toEqual([]);
});

test('what a process left that was killed goes with the next one; nothing else does', () => {
  const killed = left(`process.kill(process.pid, 'SIGKILL');`);
  expect(killed).toEqual([expect.stringMatching(/^viewlab-made-/)]);
  const [name = ''] = killed;
  const mine = path.basename(place).replace('temporary', 'made');
  const elsewhere = name.replace(/-\w+\./, '-another.');
  const others = [mine, elsewhere, 'viewlab-made-AbCdEf', 'another'];
  for (const other of others) mkdirSync(path.join(place, other));
  expect(left('').sort()).toEqual(others.slice(0, 3).sort());
  expect(existsSync(path.join(place, 'another'))).toBe(true);
});

test('nobody makes one in another way, which nothing would sweep', () => {
  const own = ['runtime/temporary-folder.ts', 'runtime/temporary-folder.test.ts'];
  const files = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(node_modules|store|\..*)$/.test(entry.name))
    .flatMap(({ name: folder }) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.[cm]?ts$/.test(name))
        .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`),
    );
  expect(files).toContain('nodes/outputs.ts');
  const others = files.filter(
    (file) =>
      !own.includes(file) && /\bmkdtemp(Sync)?\(/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(others).toEqual([]);
});
