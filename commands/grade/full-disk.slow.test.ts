/** Grades that cannot be written: a disk that is full or read-only, made of memory by root. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { studentFilesIn } from '../../labtests/student-files';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { endPrograms, runProgram } from '../../runtime/terminal/programs.testing';

const root = path.join(__dirname, '../..');
const slowMs = 240_000;

const folder = temporaryFolder('viewlab-full-');
const disk = path.join(folder, 'disk');
mkdirSync(disk);
const mount = () =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk], { stdio: 'ignore' })
    .status === 0;
const canMount = mount();
if (canMount) execFileSync('umount', [disk]);

beforeEach(() => {
  mount();
  for (const file of studentFilesIn(root)) {
    cpSync(path.join(root, file), path.join(folder, 'all/alice', file), { recursive: true });
  }
});
afterEach(async () => {
  await endPrograms();
  execFileSync('umount', [disk]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withDisk = canMount ? describe : describe.skip;

/** Leaves so many bytes free. */
function fill(freeBytes: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(path.join(disk, 'filling'), Buffer.alloc(bavail * bsize - freeBytes));
}

function files(at = disk): string[] {
  return existsSync(at) ? readdirSync(at, { recursive: true, encoding: 'utf8' }) : [];
}

withDisk(
  `one sentence, and nothing half-written${canMount ? '' : ' (skipped: cannot mount a disk)'}`,
  () => {
    const out = path.join(disk, 'out');
    const gradeClass = () =>
      runProgram('scripts/grade', [
        '--all',
        path.join(folder, 'all'),
        '--out',
        out,
        '--only',
        'A1',
      ]);
    const sentence = (stderr: string, words: string) => {
      expect(stderr).toMatch(/^grade: cannot .*\n$/);
      expect(stderr).toContain(words);
      expect(files().filter((name) => /\.tmp/.test(name))).toEqual([]);
    };

    test.each([
      ['from the beginning', 0],
      ['in the middle', 20 * 1024],
    ])(
      'a disk that is full %s',
      async (_name, freeBytes) => {
        fill(freeBytes);
        const { exitCode, stderr } = await gradeClass();
        sentence(stderr, 'no space left on device (ENOSPC)');
        expect(exitCode).toBe(1);
      },
      slowMs,
    );

    test(
      'a disk that is read-only',
      async () => {
        execFileSync('mount', ['-o', 'remount,ro', disk]);
        const { exitCode, stderr } = await gradeClass();
        sentence(stderr, 'cannot make the folder ');
        expect(stderr).toContain('read-only file system (EROFS)');
        expect(exitCode).toBe(1);
        const one = path.join(disk, 'alice.txt');
        const alone = await runProgram('scripts/grade', [
          ...['--hand-in', path.join(folder, 'all/alice'), '--only', 'A1', '--out', one],
        ]);
        sentence(alone.stderr, `cannot write ${one}: read-only file system (EROFS)`);
        expect(alone.exitCode).toBe(1);
      },
      slowMs,
    );
  },
);
