/** The project in folders with all kinds of names: none of them is a pattern, an option or a URL. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../runtime/temporary-folder';

const root = path.resolve(__dirname, '..');
const skipped = /^(node_modules|store|\.git)$/;

let folder: string;
beforeAll(() => {
  folder = temporaryFolder('viewlab-names-');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the project in a folder of this name; its packages are those of here. */
function copyTo(name: string): string {
  const copy = path.join(folder, name, 'viewlab');
  cpSync(root, copy, {
    recursive: true,
    filter: (file) => !skipped.test(path.relative(root, file)),
  });
  mkdirSync(path.join(copy, 'node_modules'));
  for (const entry of readdirSync(path.join(root, 'node_modules'))) {
    if (entry === '.package-lock.json' || entry === '.cache') continue;
    const [from, to] = [root, copy].map((at) => path.join(at, 'node_modules', entry)) as [
      string,
      string,
    ];
    // What is staged for the nodes of a hand-in is copied from there, and no link may lead out.
    if (entry === 'valibot') cpSync(from, to, { recursive: true });
    else symlinkSync(from, to);
  }
  // What npm leaves behind, newer than the lock file: nothing needs to be installed.
  writeFileSync(path.join(copy, 'node_modules/.package-lock.json'), '{}');
  return copy;
}

function run(cwd: string, args: readonly string[], input = '') {
  const env = { ...process.env, FORCE_COLOR: '0' } as NodeJS.ProcessEnv;
  for (const name of Object.keys(env)) if (/^(VIEWLAB_|JEST_)/.test(name)) delete env[name];
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = spawn(process.execPath, args, { cwd, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data;
      });
    }
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
}

// Several names in each other cost as much time as one.
test.each(['c++/lab (copy/[x]', 'a b/store/übung/实验', "$HOME's/a#b?c%20"])(
  '%s',
  async (name) => {
    const copy = copyTo(name);
    const tests = await run(copy, ['node_modules/jest/bin/jest.js', 'part-a', '--seed', '1']);
    expect(tests.output).toMatch(/\nScore: (\d+)\/\1/);
    expect(tests.code).toBe(0);
    const handout = await run(copy, [
      ...['scripts/run.cjs', 'scripts/handout', '--out', path.join(folder, name, 'handout')],
    ]);
    expect(handout).toEqual({ code: 0, output: expect.stringContaining('The handout is in ') });
    const grade = await run(copy, [
      ...['scripts/run.cjs', 'scripts/grade', '--hand-in', copy, '--only', 'A1'],
    ]);
    expect(grade.output).toMatch(/\b1\/1\b/);
    const session = 'put a 1\nget a\nquit\n';
    const cluster = await run(copy, ['scripts/run.cjs', 'scripts/cluster', '--no-page'], session);
    expect(cluster.output).toContain('get a: "1"');
    expect(cluster.output).toContain('All processes of the cluster have ended.');
    rmSync(path.join(folder, name), { recursive: true });
  },
  600_000,
);
