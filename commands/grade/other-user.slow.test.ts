/** Installed by root, used by another: nothing may have to be written where it is installed. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { studentFilesIn } from '../../labtests/student-files';
import { temporaryFolder } from '../../runtime/temporary-folder';

const root = path.join(__dirname, '../..');
const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
/** Only root can be somebody else, and a checkout in a folder of root alone cannot be read by nobody. */
const isReadable =
  process.getuid?.() === 0 &&
  spawnSync('setpriv', [...nobody, '-e', `require('${root}/runtime/typescript.cjs')`]).status === 0;
const here = isReadable ? test : test.skip;

here(
  'a hand-in is graded by a user who owns nothing of it',
  () => {
    const folder = temporaryFolder('viewlab-nobody-');
    try {
      for (const inner of ['tmp', 'alice']) mkdirSync(path.join(folder, inner));
      for (const file of studentFilesIn(root))
        cpSync(path.join(root, file), path.join(folder, 'alice', file));
      chmodSync(folder, 0o755);
      chmodSync(path.join(folder, 'tmp'), 0o777);
      const program = ['scripts/run.cjs', 'scripts/grade', '--hand-in', `${folder}/alice`];
      const what = ['--part', 'A', '--only', 'A1,A2'];
      const { status, stdout, stderr } = spawnSync('setpriv', [...nobody, ...program, ...what], {
        ...{ cwd: root, encoding: 'utf8' },
        env: { ...process.env, TMPDIR: path.join(folder, 'tmp') },
      });
      expect(stderr.replace(/^isolation: .*\n/, '')).toBe('');
      expect(stdout).toContain('Score: 2/2');
      expect(status).toBe(0);
      // The caches may stay.
      const left = readdirSync(path.join(folder, 'tmp')).filter((name) => !/cache/.test(name));
      expect(left).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  180_000,
);
