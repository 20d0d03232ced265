/** A class graded by a grader of the test's own: what is graded, kept, and graded again. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allScenarios } from '../../../catalogue';
import { partReport, pending, reportOf } from '../../report/report';
import type { Report } from '../../report/schema';
import { type GradeOne, gradeClass } from './grade-class';
import { ResultsFolder } from './results';
import { readRoll } from './roll';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viewlab-class-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function handIn(name: string, text = 'export {};'): void {
  mkdirSync(path.join(folder, 'all', name, 'viewservice'), { recursive: true });
  writeFileSync(path.join(folder, 'all', name, 'viewservice/rules.ts'), text);
}

/** A report in which nothing passed. */
function report(submission: string): Report {
  const scenarios = allScenarios().filter(({ part }) => part === 'A');
  const parts = [partReport('A', scenarios.map(pending))];
  return reportOf(parts, { startedAt: new Date().toISOString(), submission });
}

async function gradeWith(gradeOne: GradeOne, lanes = 2, seed?: number) {
  const graded: string[] = [];
  const results = new ResultsFolder(path.join(folder, 'out'));
  const settings = results.settle({ parts: ['A'], freshFrom: seed ?? 7 }, seed);
  const all = await gradeClass({
    ...{ roll: readRoll(path.join(folder, 'all')), results, settings },
    graders: Array.from(
      { length: lanes },
      (): GradeOne => (request, onProgress) => {
        graded.push(request.job.submission);
        return gradeOne(request, onProgress);
      },
    ),
  });
  return { all, graded: graded.sort() };
}

const well: GradeOne = async ({ job }) => report(job.submission);

test('every hand-in is graded once, in whatever order, and listed by name', async () => {
  for (const name of ['carol', 'alice', 'bob']) handIn(name);
  const { all, graded } = await gradeWith(async (request) => {
    // The first one takes longest.
    if (request.job.submission === 'alice') await new Promise((resolve) => setTimeout(resolve, 50));
    return well(request, () => undefined);
  });
  expect(graded).toEqual(['alice', 'bob', 'carol']);
  expect(all.map(({ name }) => name)).toEqual(['alice', 'bob', 'carol']);
  expect(readdirSync(path.join(folder, 'out/hand-ins')).sort()).toEqual(['alice', 'bob', 'carol']);
});

test('a second run grades what is new, has changed or failed, and keeps the rest', async () => {
  for (const name of ['alice', 'bob', 'carol']) handIn(name);
  const first = await gradeWith(async (request) => {
    if (request.job.submission === 'bob') throw new Error('a disk is full');
    return well(request, () => undefined);
  });
  expect(first.all).toMatchObject([
    { name: 'alice' },
    { error: 'a disk is full' },
    { name: 'carol' },
  ]);
  handIn('carol', 'export const better = true;');
  handIn('dave');
  const second = await gradeWith(well);
  expect(second.graded).toEqual(['bob', 'carol', 'dave']);
  expect(second.all.map((result) => 'report' in result)).toEqual([true, true, true, true]);
  expect((await gradeWith(well)).graded).toEqual([]);
});

test('a report without its mark, or a mark without its report, is no grade', async () => {
  for (const name of ['alice', 'bob']) handIn(name);
  await gradeWith(well);
  rmSync(path.join(folder, 'out/hand-ins/alice/graded.json'));
  writeFileSync(path.join(folder, 'out/hand-ins/bob/report.json'), '{"score": 80');
  expect((await gradeWith(well)).graded).toEqual(['alice', 'bob']);
});

test('one class has one seed', async () => {
  handIn('alice');
  await gradeWith(well);
  await expect(gradeWith(well, 1, 8)).rejects.toThrow(
    'has grades of part A with --seed 7: go on with these, or choose another --out',
  );
});

test('what is no hand-in is told, and stops nobody', async () => {
  handIn('alice');
  mkdirSync(path.join(folder, 'all/bob'));
  writeFileSync(path.join(folder, 'all/carol.zip'), 'no archive');
  writeFileSync(path.join(folder, 'all/README.md'), 'not of the roll');
  const { all } = await gradeWith(well);
  expect(all).toMatchObject([
    { name: 'alice', report: { submission: 'alice' } },
    { name: 'bob', error: expect.stringContaining('has none of the student files') },
    { name: 'carol', error: expect.stringContaining('cannot be read as an archive') },
  ]);
});

describe('a folder that is no roll', () => {
  test.each([
    ['nowhere', 'expected a folder with a hand-in in each entry, got '],
    ['empty', 'has no hand-ins: neither folders nor .tar, .tar.gz or .zip files'],
    ['double', 'are both of alice: take one of them away'],
  ])('%s', (name, message) => {
    mkdirSync(path.join(folder, 'empty'));
    mkdirSync(path.join(folder, 'double/alice'), { recursive: true });
    writeFileSync(path.join(folder, 'double/alice.tgz'), '');
    expect(() => readRoll(path.join(folder, name))).toThrow(message);
  });
});
