/** A checkout by a git that was told to give texts the line ends of Windows. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../runtime/temporary-folder';

const root = path.resolve(__dirname, '..');
const isRepository =
  spawnSync('git', ['rev-parse', '--verify', 'HEAD'], { cwd: root, stdio: 'ignore' }).status === 0;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-checkout-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inRepository = isRepository ? test : test.skip;
inRepository(
  `has the bytes of the repository${isRepository ? '' : ' (skipped: this is no git repository)'}`,
  () => {
    const copy = path.join(folder, 'copy');
    const clone = ['clone', '--quiet', '--no-hardlinks', '-c', 'core.autocrlf=true', root, copy];
    execFileSync('git', clone, { stdio: ['ignore', 'ignore', 'inherit'] });
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: copy, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
    const changed = git('ls-files', '--eol')
      .split('\n')
      .filter((line) => /w\/(crlf|mixed)/.test(line));
    expect(changed).toEqual([]);
    for (const file of ['README.md', 'commands/package-grader/gradescope/run_autograder']) {
      expect(readFileSync(path.join(copy, file), 'utf8')).toBe(git('show', `HEAD:${file}`));
    }
    // The bytes that git would commit, which are those on the disk when nothing is converted.
    const files = git('ls-files').trim().split('\n');
    const onDisk = git('hash-object', '--no-filters', ...files)
      .trim()
      .split('\n');
    const committed = git('ls-files', '-s')
      .trim()
      .split('\n')
      .map((line) => line.split(/\s/)[1]);
    expect(onDisk).toEqual(committed);
  },
);
