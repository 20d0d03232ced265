/** The package, unpacked and run in the folders that Gradescope has. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { ownerOf, studentFilesIn } from '../../labtests/student-files';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { graderFiles } from './files';
import { gradescopeZip } from './gradescope';

const root = path.join(__dirname, '../..');
const slowMs = 300_000;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-gradescope-');
  // The processes of nodes may belong to another user.
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('neither a solution nor tests of the framework are in it', () => {
  const files = [...graderFiles(root).keys()];
  expect(files).toContain('labtests/part-b-primary-backup/swarm.ts');
  expect(files.filter((file) => ownerOf(file) === 'student')).toEqual([]);
  expect(files.filter((file) => /\.test\.ts$|broken-solutions|zoo\/|^docs/.test(file))).toEqual([]);
});

test('the same files and options give the same bytes', () => {
  const files = graderFiles(root);
  const [once, again] = [
    gradescopeZip(files, ['--part', 'A']),
    gradescopeZip(files, ['--part', 'A']),
  ];
  expect(Buffer.from(once).equals(again)).toBe(true);
  expect(Buffer.from(unzipSync(once)['grade-options'] ?? '').toString()).toBe('--part\nA\n');
});

/** As Gradescope does it: unzip, run setup.sh once. */
function install(args: readonly string[]): void {
  const zip = path.join(folder, 'autograder.zip');
  const source = path.join(folder, 'source');
  writeFileSync(zip, gradescopeZip(graderFiles(root), args));
  for (const [file, content] of Object.entries(unzipSync(readFileSync(zip)))) {
    mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
    writeFileSync(path.join(source, file), content);
  }
  for (const script of ['setup.sh', 'run_autograder']) chmodSync(path.join(source, script), 0o755);
  const setup = spawnSync(path.join(source, 'setup.sh'), { encoding: 'utf8' });
  expect(setup.stderr + setup.stdout).toMatch(/ready: Node.js v/);
  expect(setup.status).toBe(0);
}

/** Runs the autograder on what lies in the folder of the submission. */
function autograde() {
  const { stdout } = spawnSync(path.join(folder, 'source/run_autograder'), {
    encoding: 'utf8',
    env: { ...process.env, AUTOGRADER_ROOT: folder },
  });
  const results = JSON.parse(readFileSync(path.join(folder, 'results/results.json'), 'utf8'));
  return { stdout, results };
}

// It installs packages from the registries, which not every machine reaches.
const inCi = process.env.CI === 'true' ? test : test.skip;
inCi(
  'it grades a hand-in, and says what is wrong with what is none',
  () => {
    install(['--only', 'A1,A2,B1a', '--hide', 'A2', '--hidden-until', 'after_published']);
    mkdirSync(path.join(folder, 'submission'));
    const none = autograde();
    expect(none.results).toMatchObject({
      score: 0,
      output: expect.stringContaining('This could not be graded: '),
    });
    expect(none.results.output).toContain('none of the student files');
    for (const file of studentFilesIn(root)) {
      cpSync(path.join(root, file), path.join(folder, 'submission/lab', file), { recursive: true });
    }
    const { results, stdout } = autograde();
    expect(stdout).toContain('3/3');
    expect(results.score).toBe(3);
    expect(results.tests.map(({ visibility }: { visibility: string }) => visibility)).toEqual([
      ...['visible', 'after_published', 'visible'],
    ]);
    // A grader that breaks gives no points, and blames nobody.
    writeFileSync(path.join(folder, 'source/viewlab/labtests/catalogue.ts'), 'throw new Error();');
    expect(autograde().results).toMatchObject({
      score: 0,
      output: expect.stringContaining('This is not your fault'),
    });
  },
  slowMs,
);
