/** A hand-in can be staged, and its nodes start, wherever the folder for temporary files is. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { isolationHere } from './launch';

const root = path.join(__dirname, '../..');
let folder: string;

beforeEach(() => {
  folder = temporaryFolder('viewlab-linked-');
  // As root, the nodes run as other users.
  chmodSync(folder, 0o755);
  mkdirSync(path.join(folder, 'real'));
  symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([isolationHere().level, 'process'])(
  'TMPDIR may be a link to a folder, as it is on macOS: %s',
  (level) => {
    const program = `
      require('./runtime/typescript.cjs').register();
      const { IsolatedHost } = require('./nodes/apart/isolated-host.ts');
      const { isolationOf } = require('./nodes/apart/launch.ts');
      const { stageFiles } = require('./nodes/apart/staging.ts');
      const staged = stageFiles('.');
      const host = new IsolatedHost({ folder: staged.folder, isolation: isolationOf('${level}') });
      host.warmUp().then(() => console.log('started'), (error) => console.log(error.message))
        .finally(() => host.close()).finally(staged.remove);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
      ...{ cwd: root, encoding: 'utf8' },
      env: { ...process.env, TMPDIR: path.join(folder, 'link') },
    });
    expect(stderr + stdout).toBe('started\n');
    expect(readdirSync(path.join(folder, 'real'))).toEqual([]);
  },
  600_000,
);
