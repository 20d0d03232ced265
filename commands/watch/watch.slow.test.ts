import { readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../../judging/failure';
import { breakSolution } from '../../labtests/broken-solutions/broken-solution';
import { allScenarios } from '../../labtests/catalogue';
import { pending, type ScenarioReport } from '../../report/report';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { endPrograms, startProgram } from '../../runtime/terminal/programs.testing';
import type { Scenario } from '../../suite/scenario/scenario';
import { watchFiles } from './changes';
import { renderRound } from './summary';

afterEach(endPrograms);

const all = allScenarios();

test('a round says the points, what is different, what is missing, and one failure', () => {
  const [one, two, three] = all as [Scenario, Scenario, Scenario];
  const report = (scenario: Scenario, failure?: Failure): ScenarioReport => ({
    ...pending(scenario),
    passed: failure === undefined,
    ...(failure && { failure }),
  });
  const wrong = { kind: 'expectation', expected: 'view 2', actual: 'view 1' } as const;
  const stub = { ...wrong, kind: 'not implemented', missing: ['tick in a.ts'] } as const;
  const before = [report(one), report(two, wrong), report(three, stub)];
  const now = [report(one, wrong), report(two), report(three, stub)];
  const text = renderRound(now, before, (_style, plain) => plain);
  expect(text.split('\n').slice(0, 7)).toEqual([
    'Part A, the view service: 1/3 points, 1 of 3 scenarios pass',
    'Passes now: A2',
    'Fails now: A1',
    'Fails: A1',
    'Not implemented yet, and which scenarios came upon it:',
    '  a.ts',
    '    tick  A3',
  ]);
  expect(text).toContain('expected   view 2');
});

test('files that change at once are one change, also when they are removed', async () => {
  const folder = temporaryFolder('viewlab-watch-');
  for (const file of ['a', 'b', 'c']) writeFileSync(path.join(folder, file), 'old');
  const changed = new Promise<readonly string[]>((resolve) => {
    const watcher = watchFiles(
      folder,
      () => ['a', 'b', 'c'],
      (files) => {
        watcher.close();
        resolve([...files].sort());
      },
    );
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  writeFileSync(path.join(folder, 'a'), 'new text');
  unlinkSync(path.join(folder, 'b'));
  // On a slow machine they may be two.
  expect(['a', 'b']).toEqual(expect.arrayContaining([...(await changed)]));
  rmSync(folder, { recursive: true });
});

test('npm run watch: runs, runs again when a file is saved, and ends at Ctrl-C', async () => {
  const broken = breakSolution('viewservice/rules.ts', [
    [
      '{ viewnum: 1, primary: server, backup: null }',
      '{ viewnum: 7, primary: server, backup: null }',
    ],
  ]);
  try {
    const watching = startProgram('scripts/watch', ['A2', '--solution', broken.root]);
    await watching.until(
      /Part A, .*: 0\/1 points[\s\S]*Fails: A2[\s\S]*store\/watch\/A2\/report\.html[\s\S]*Waiting for a change/,
    );
    const file = path.join(broken.root, 'viewservice/rules.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('viewnum: 7', 'viewnum: 1'));
    await watching.until(/Saved: viewservice\/rules\.ts[\s\S]*1\/1 points[\s\S]*Passes now: A2/);
    watching.child.kill('SIGINT');
    expect(await watching.ended()).toBe(0);
    expect(watching.stderr()).toBe('');
  } finally {
    broken.remove();
  }
});
