/** Several commands at once where the packages are missing or old, with an npm of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../runtime/temporary-folder';

/** Empties the folder first, as the real one does, and is seen when two of it run at once. */
const fakeNpm = `#!/usr/bin/env node
const fs = require('fs');
const say = (word) => fs.appendFileSync('npm.log', word + '\\n');
say('begin');
fs.mkdirSync('node_modules', { recursive: true });
for (const name of fs.readdirSync('node_modules')) fs.rmSync('node_modules/' + name, { recursive: true });
const wait = setInterval(() => {
  if (fs.existsSync('hold')) return;
  clearInterval(wait);
  fs.mkdirSync('node_modules/a', { recursive: true });
  fs.writeFileSync('node_modules/a/index.js', 'module.exports = 1;');
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
  say('end');
}, 50);
`;

/** A command: looks for its package again and again until it is told to end. */
const command = `
require('./scripts/ensure-installed.cjs');
const fs = require('fs');
const look = () => fs.readFileSync('node_modules/a/index.js');
look();
console.log('runs');
const timer = setInterval(look, 5);
process.stdin.resume().once('end', () => { clearInterval(timer); look(); });
`;

let folder: string;
const children = new Set<ChildProcess>();
beforeEach(() => {
  folder = temporaryFolder('viewlab-install-');
  mkdirSync(path.join(folder, 'scripts'));
  mkdirSync(path.join(folder, 'bin'));
  for (const name of ['ensure-installed', 'install', 'node-range', 'packages-in-use']) {
    copyFileSync(path.join(__dirname, `${name}.cjs`), path.join(folder, 'scripts', `${name}.cjs`));
  }
  put('package.json', '{ "engines": { "node": ">=20.19" } }');
  put('package-lock.json', lockOf('1.0.0'));
  put('bin/npm', fakeNpm);
  put('command.cjs', command);
  chmodSync(path.join(folder, 'bin/npm'), 0o755);
});
afterEach(async () => {
  rmSync(path.join(folder, 'hold'), { force: true });
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const put = (file: string, text: string) => writeFileSync(path.join(folder, file), text);
const npmLog = () =>
  existsSync(path.join(folder, 'npm.log'))
    ? readFileSync(path.join(folder, 'npm.log'), 'utf8')
    : '';
/** With one package, and one for another system. */
const lockOf = (version: string) =>
  JSON.stringify({
    packages: {
      '': { name: 'project' },
      'node_modules/a': { version, integrity: `sha512-${version}` },
      'node_modules/elsewhere': { version: '1.0.0', optional: true },
    },
  });
/** As a pull leaves it: newer than what is installed, with the same packages or others. */
function pull(version: string): void {
  put('package-lock.json', lockOf(version));
  const soon = new Date(Date.now() + 1_000);
  utimesSync(path.join(folder, 'package-lock.json'), soon, soon);
}

function start() {
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
  delete env.VIEWLAB_PACKAGES_OF;
  const child = spawn(process.execPath, ['command.cjs'], { cwd: folder, env });
  children.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  // Not "close": an npm that outlives it holds its output open.
  const closed = once(child, 'exit').then(([code]) => {
    children.delete(child);
    return code as number | null;
  });
  const said = async (words: string) => {
    await until(() => output.includes(words) || child.exitCode !== null);
    expect(output).toContain(words);
  };
  const end = () => {
    child.stdin.end();
    return closed;
  };
  return { child, said, end, closed, output: () => output };
}

async function until(condition: () => boolean): Promise<void> {
  for (let look = 0; look < 5_000 && !condition(); look += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

test('at three terminals at once one installs, and all run: ten times of ten', async () => {
  for (let round = 1; round <= 10; round += 1) {
    const all = [start(), start(), start()];
    await Promise.all(all.map(({ said }) => said('runs')));
    expect(await Promise.all(all.map(({ end }) => end()))).toEqual([0, 0, 0]);
    expect(npmLog()).toBe('begin\nend\n'.repeat(round));
    expect(readdirSync(path.join(folder, 'store/.packages'))).toEqual([]);
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
  }
});

test('nothing is taken from under a command that runs: the other says which one it is', async () => {
  const first = start();
  await first.said('runs');
  pull('1.0.1');
  const second = start();
  expect(await second.closed).toBe(1);
  expect(second.output()).toContain('the packages are older than package-lock.json, and other com');
  expect(second.output()).toContain(`command.cjs, process ${first.child.pid} on `);
  expect(npmLog()).toBe('begin\nend\n');
  expect(await first.end()).toBe(0);
});

test('a lock file that is newer and names the same packages takes nothing away', async () => {
  const first = start();
  await first.said('runs');
  const marker = path.join(folder, 'node_modules/.package-lock.json');
  const there = JSON.parse(readFileSync(marker, 'utf8'));
  delete there.packages['node_modules/elsewhere'];
  writeFileSync(marker, JSON.stringify(there));
  pull('1.0.0');
  const second = start();
  await second.said('runs');
  expect(await Promise.all([first.end(), second.end()])).toEqual([0, 0]);
  expect(npmLog()).toBe('begin\nend\n');
});

test('a command that was killed counts no more', async () => {
  const first = start();
  await first.said('runs');
  first.child.kill('SIGKILL');
  await first.closed;
  pull('1.0.1');
  utimesSync(path.join(folder, 'package-lock.json'), new Date(), new Date());
  rmSync(path.join(folder, 'node_modules/.package-lock.json'));
  const second = start();
  await second.said('runs');
  expect(await second.end()).toBe(0);
  expect(npmLog()).toBe('begin\nend\n'.repeat(2));
});

test('when who installs is killed, the next waits for its npm, and then has what it needs', async () => {
  put('hold', '');
  const first = start();
  await until(() => npmLog() === 'begin\n');
  const record = () => {
    const marks = path.join(folder, 'store/.packages');
    const texts = readdirSync(marks)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(path.join(marks, name), 'utf8')));
    return texts.find(({ helper }) => helper !== undefined);
  };
  await until(() => record() !== undefined);
  process.kill(record().pid, 'SIGKILL');
  expect(await first.closed).toBe(1);
  const second = start();
  await second.said('another command installs the packages (install.cjs, process ');
  rmSync(path.join(folder, 'hold'));
  await second.said('runs');
  expect(await second.end()).toBe(0);
  expect(npmLog()).toBe('begin\nend\n');
});

test('an npm that fails is one sentence, and the next tries again', async () => {
  put('bin/npm', '#!/bin/sh\nexit 7\n');
  const failed = start();
  expect(await failed.closed).toBe(1);
  expect(failed.output()).toMatch(
    /npm ci failed \(7\)\. Check the network connection, then run the/,
  );
  put('bin/npm', fakeNpm);
  const second = start();
  await second.said('runs');
  expect(await second.end()).toBe(0);
});

test('the packages of another folder, to which there is a link, are left alone', async () => {
  mkdirSync(path.join(folder, 'other'));
  put('other/package.json', '{}');
  symlinkSync('other', path.join(folder, 'node_modules'), 'dir');
  const linked = start();
  await linked.said('runs');
  expect(await linked.end()).toBe(0);
  expect(linked.output()).toContain('node_modules is a link to other, which has other packages');
  expect(readdirSync(path.join(folder, 'other'))).toEqual(['package.json']);
});
