/** The command, as teachers type it. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { studentFilesIn } from '../../labtests/student-files';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { endPrograms, runProgram, startProgram } from '../../runtime/terminal/programs.testing';

const root = path.join(__dirname, '../..');
const slowMs = 120_000;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-grade-');
  // The processes of nodes may belong to another user.
  chmodSync(folder, 0o755);
  mkdirSync(path.join(folder, 'tmp'));
});
afterEach(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true, force: true });
});

function handIn(name: string): string {
  for (const file of studentFilesIn(root)) {
    cpSync(path.join(root, file), path.join(folder, name, file), { recursive: true });
  }
  return path.join(folder, name);
}

/** What the program has in the folder for temporary files; the compiler may keep its cache there. */
const left = () => readdirSync(path.join(folder, 'tmp')).filter((name) => /^viewlab/.test(name));
/** Temporary folders of the program go where the test sees them. */
const env = () => ({ TMPDIR: path.join(folder, 'tmp') });
const run = (...args: string[]) => runProgram('scripts/grade', args, { env: env() });

test(
  'one hand-in, in a format that ends with the scores',
  async () => {
    const alice = handIn('alice');
    const { exitCode, stdout } = await run(
      ...['--hand-in', alice, '--only', 'A1,A2', '--part', 'A', '--format', 'autolab'],
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({ scores: { A: 2 } });
    expect(left()).toEqual([]);
  },
  slowMs,
);

test(
  'a class: a line for each, the summaries, and nothing is graded twice',
  async () => {
    handIn('all/alice');
    const bob = handIn('all/bob');
    writeFileSync(path.join(bob, 'viewservice/rules.ts'), 'export const = 1;');
    writeFileSync(path.join(folder, 'all/carol.zip'), 'no archive');
    const out = path.join(folder, 'out');
    const args = ['--all', path.join(folder, 'all'), '--out', out, '--only', 'A1,B1a'];
    const first = await run(...args);
    expect(first.stdout).toMatch(/\] alice: 2\/2\n/);
    expect(first.stdout).toMatch(/\] bob: 0\/2\n/);
    expect(first.stdout).toContain('carol: could not be graded: ');
    expect(first.stdout).toContain('2 of 3 hand-ins are graded');
    expect(first.exitCode).toBe(1);
    expect(readFileSync(path.join(out, 'class.csv'), 'utf8').split('\n')).toHaveLength(5);
    expect(readFileSync(path.join(out, 'class.html'), 'utf8')).toContain('alice');
    expect(existsSync(path.join(out, 'hand-ins/bob/A1/trace.ndjson'))).toBe(true);
    const report = JSON.parse(readFileSync(path.join(out, 'hand-ins/bob/report.json'), 'utf8'));
    expect(report.compile).toMatchObject([{ file: 'viewservice/rules.ts' }]);
    expect(report.compile[0].message).toContain('Variable declaration expected');
    expect(report.compile[0].message).not.toContain(folder);
    const second = await run(...args);
    expect(second.stdout).toContain('alice: 2/2 (graded before)');
    expect(left()).toEqual([]);
  },
  slowMs,
);

test(
  'ended at once, it leaves a report that says that nothing has passed',
  async () => {
    const out = path.join(folder, 'alice.txt');
    const program = startProgram('scripts/grade', ['--hand-in', handIn('alice'), '--out', out], {
      env: env(),
    });
    for (let i = 0; i < 3_000 && !existsSync(out); i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    program.child.kill('SIGINT');
    expect(await program.ended()).toBe(130);
    expect(readFileSync(out, 'utf8')).toContain('0/');
    expect(left()).toEqual([]);
  },
  slowMs,
);

describe('used wrongly, it says what it expects', () => {
  test.each([
    [[], 'expected --hand-in HAND-IN or --all FOLDER'],
    [['--all', 'x'], 'expected --out FOLDER, for the grades of the class'],
    [['--all', 'nowhere', '--out', 'OUT'], 'expected a folder with a hand-in in each entry, got'],
    [['--hand-in', 'nowhere'], 'nowhere, which is not there'],
    [
      ['--hand-in', 'x', '--only', 'A1,Z9'],
      'or scenarios like B4 or B9c, with commas between them; got "Z9"',
    ],
    [['--hand-in', 'x', '--all', 'y'], 'hand-in and all'],
    [['x'], 'expected options only, got the word "x"'],
  ])('%j', async (args, message) => {
    const given = args.map((arg) => arg.replace('OUT', path.join(folder, 'out')));
    const { exitCode, stderr } = await run(...given);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  test('a queue that is not there is a failure', async () => {
    handIn('all/alice');
    const { exitCode, stderr } = await run(
      ...['--all', path.join(folder, 'all'), '--out', path.join(folder, 'out')],
      ...['--queue', 'redis://127.0.0.1:1'],
    );
    expect(stderr).toContain('no Redis answers at 127.0.0.1:1');
    expect(exitCode).toBe(1);
  });
});
