/** A class graded by a grader of the test's own: what is graded, kept, and graded again. */

import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { allScenarios } from '../../labtests/catalogue';
import { partReport, pending, reportOf } from '../../report/report';
import { partA } from '../../report/reports.testing';
import type { Report } from '../../report/schema';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { readHere } from '../hand-in/read-here';
import { type GradeOne, gradeClass } from './grade-class';
import { ResultsFolder } from './results';
import { readRoll } from './roll';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-class-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function handIn(name: string, text = 'export {};'): void {
  mkdirSync(path.join(folder, 'all', name, 'viewservice'), { recursive: true });
  writeFileSync(path.join(folder, 'all', name, 'viewservice/rules.ts'), text);
}

/** A report in which nothing passed. */
function report(handIn: string): Report {
  const scenarios = allScenarios().filter(({ part }) => part === 'A');
  const parts = [partReport(partA, scenarios.map(pending))];
  return reportOf(parts, { startedAt: new Date().toISOString(), handIn });
}

async function gradeWith(gradeOne: GradeOne, lanes = 2, seed?: number) {
  const graded: string[] = [];
  const results = new ResultsFolder(path.join(folder, 'out'));
  const settings = results.settle({ parts: ['A'], freshFrom: seed ?? 7 }, seed);
  const all = await gradeClass({
    ...{ roll: readRoll(path.join(folder, 'all')), results, settings, read: readHere },
    graders: Array.from(
      { length: lanes },
      (): GradeOne => (request, onProgress) => {
        graded.push(request.job.handIn);
        return gradeOne(request, onProgress);
      },
    ),
  });
  return { all, graded: graded.sort() };
}

const well: GradeOne = async ({ job }) => report(job.handIn);

test('every hand-in is graded once, in whatever order, and listed by name', async () => {
  for (const name of ['carol', 'alice', 'bob']) handIn(name);
  const { all, graded } = await gradeWith(async (request) => {
    // The first one takes longest.
    if (request.job.handIn === 'alice') await new Promise((resolve) => setTimeout(resolve, 50));
    return well(request, () => undefined);
  });
  expect(graded).toEqual(['alice', 'bob', 'carol']);
  expect(all.map(({ name }) => name)).toEqual(['alice', 'bob', 'carol']);
  expect(readdirSync(path.join(folder, 'out/hand-ins')).sort()).toEqual(['alice', 'bob', 'carol']);
});

test('a second run grades what is new, has changed or failed, and keeps the rest', async () => {
  for (const name of ['alice', 'bob', 'carol']) handIn(name);
  const first = await gradeWith(async (request) => {
    if (request.job.handIn === 'bob') throw new Error('a disk is full');
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

test('everything in the folder has a row, and what is no hand-in its reason', async () => {
  handIn('alice');
  handIn('elsewhere');
  const all = path.join(folder, 'all');
  mkdirSync(path.join(all, 'bob'));
  for (const [name, content] of [
    ['carol.zip', 'no archive'],
    ['dave.tar.xz', Buffer.from('fd377a585a00', 'hex')],
    ['eve.ts', 'export {};'],
    ['frank.rar', 'Rar!\x1a\x07\x00'],
    ['README.md', 'how to hand in'],
    [Buffer.concat([Buffer.from(`${all}/`), Buffer.from('g\xfcnter', 'latin1')]), 'x'],
  ] as const) {
    writeFileSync(typeof name === 'string' ? path.join(all, name) : name, content);
  }
  symlinkSync(path.join(all, 'elsewhere'), path.join(all, 'link'));
  // What systems leave is nobody.
  for (const name of ['__MACOSX', '.Trashes']) mkdirSync(path.join(all, name));
  for (const name of ['.DS_Store', '._alice', 'Thumbs.db', 'desktop.ini', '~$list.docx']) {
    writeFileSync(path.join(all, name), '');
  }
  const rows = (await gradeWith(well)).all;
  expect(
    rows.map((row) => [row.name, 'error' in row ? row.error.replace(all, '') : 'graded']),
  ).toEqual([
    [
      'README.md',
      expect.stringContaining('is a single file: expected the folder of a hand-in, or a'),
    ],
    ['alice', 'graded'],
    ['bob', expect.stringMatching(/has none of the student files.*; it is empty/)],
    ['carol', expect.stringContaining('cannot be read as an archive: it does not begin like one')],
    [
      'dave.tar.xz',
      expect.stringContaining('is an archive compressed with xz: expected the folder'),
    ],
    ['elsewhere', 'graded'],
    ['eve.ts', expect.stringContaining('is a single file: expected the folder')],
    [
      'frank.rar',
      expect.stringContaining('is a RAR archive: expected the folder of a hand-in, or a'),
    ],
    ['g\\xfcnter', 'its name is not UTF-8: rename it'],
    ['link', expect.stringContaining('is a link, which is not followed')],
  ]);
});

test('an archive that could not be read is not met again until it has changed', async () => {
  handIn('alice');
  const archive = path.join(folder, 'all/bob.zip');
  writeFileSync(archive, 'no archive');
  await gradeWith(well);
  const kept = path.join(folder, 'out/hand-ins/bob/unread.json');
  const mark = JSON.parse(readFileSync(kept, 'utf8'));
  writeFileSync(kept, JSON.stringify({ ...mark, why: 'as it was' }));
  expect((await gradeWith(well)).all).toMatchObject([{}, { name: 'bob', error: 'as it was' }]);
  writeFileSync(archive, 'none either, and longer');
  expect((await gradeWith(well)).all).toMatchObject([
    {},
    { error: expect.stringContaining('begin') },
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
