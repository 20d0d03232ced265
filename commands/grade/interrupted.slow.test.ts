/** Whatever ends the command, and whenever: no process and no folder of it is left. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { studentFilesIn } from '../../labtests/student-files';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { endPrograms, startProgram } from '../../runtime/terminal/programs.testing';

const root = path.join(__dirname, '../..');
const slowMs = 300_000;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-interrupted-');
  // The processes of nodes may belong to another user.
  chmodSync(folder, 0o755);
  mkdirSync(path.join(folder, 'tmp'));
  for (const file of studentFilesIn(root)) {
    cpSync(path.join(root, file), path.join(folder, 'all/eve', file), { recursive: true });
  }
  // A node that never gives control back: it does not notice that nobody asks any more.
  const server = path.join(folder, 'all/eve/viewservice/server.ts');
  writeFileSync(server, 'export class ViewServer { constructor() { for (;;); } }');
});
afterEach(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true, force: true });
});

/** The compiler keeps a cache of its own there, which is not of this command alone. */
const left = () =>
  readdirSync(path.join(folder, 'tmp'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.startsWith('v8-compile-cache'),
  );

/** Processes that have the folder in their environment, arguments or, behind a wall, among their mounts. */
function processes(): string[] {
  const about = (pid: string) =>
    ['environ', 'cmdline', 'mountinfo'].some((what) => {
      try {
        return readFileSync(`/proc/${pid}/${what}`, 'latin1').includes(`${folder}/tmp`);
      } catch {
        return false;
      }
    });
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && about(name));
}

async function until(what: () => boolean): Promise<boolean> {
  for (let i = 0; i < 10_000; i += 1) {
    // It may be over at the next look.
    if (what()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

const moments = {
  'the graders start': () => left().some((name) => /grader-/.test(name)),
  'the hand-in is staged': () => left().some((name) => /staged-/.test(name)),
  // The command, its warden, a grader, and the wall with what is in it.
  'nodes run': () => processes().length > 5,
} as const;

const cases = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const).flatMap((signal) =>
  (Object.keys(moments) as (keyof typeof moments)[]).map((moment) => [signal, moment] as const),
);
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: 'SIGKILL' };

const here = process.platform === 'linux' ? test : test.skip;
here.each(cases)(
  '%s as %s',
  async (signal, moment) => {
    const all = ['--all', path.join(folder, 'all'), '--out', path.join(folder, 'out')];
    const one = ['--hand-in', path.join(folder, 'all/eve')];
    const program = startProgram('scripts/grade', signal === 'SIGTERM' ? all : one, {
      env: { TMPDIR: path.join(folder, 'tmp') },
    });
    expect(await until(moments[moment])).toBe(true);
    program.child.kill(signal);
    expect(await program.ended()).toBe(codes[signal]);
    if (signal !== 'SIGKILL') expect(left()).toEqual([]);
    // Behind a wall the kernel takes a moment to end all that is in it.
    await until(() => left().length + processes().length === 0);
    expect([left(), processes()]).toEqual([[], []]);
  },
  slowMs,
);
