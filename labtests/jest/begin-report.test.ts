import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseReport } from '../../report/parse';
import { partReport, ReportFolder, reportOn } from '../../report/report';
import { temporaryFolder } from '../../runtime/temporary-folder';
import type { Scenario } from '../../suite/scenario/scenario';
import { allScenarios } from '../catalogue';
import { labOf } from '../labs';
import { beginReport } from './begin-report';
import { expectedParts, expectParts } from './settings';

const partA = '/lab/labtests/part-a-view-service/part-a.test.ts';
const partB = 'C:\\lab\\labtests\\part-b-primary-backup\\part-b.test.ts';
const env = { ...process.env };

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-begin-');
  process.env.VIEWLAB_RUN = path.join(folder, 'run');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.env.VIEWLAB_RUN = env.VIEWLAB_RUN;
  process.env.VIEWLAB_PARTS = env.VIEWLAB_PARTS;
});

function written() {
  return parseReport(readFileSync(path.join(folder, 'run', 'report.json'), 'utf8'));
}

test('the sequencer told which parts this very run has, before any test began', () => {
  expect(env.VIEWLAB_PARTS).toMatch(/^A?B?$/);
});

test.each([
  [
    [partB, '/lab/commands/docs/docs.test.ts', partA],
    ['A', 'B'],
  ],
  [[partB], ['B']],
  [['/lab/runtime/reactor.test.ts'], []],
])('the parts of a run are those of its test files: %j', (files, parts) => {
  expectParts(files);
  expect(expectedParts()).toEqual(parts);
});

test('a part that has not begun is in the report, and nothing of it has passed', () => {
  expectParts([partA, partB]);
  beginReport();
  expect(written()).toMatchObject({ score: 0, parts: [{ part: 'A' }, { part: 'B' }] });
  const { maxScore, startedAt } = written();
  expect(maxScore).toBe(allScenarios().reduce((sum, { points }) => sum + points, 0));

  const passed = {
    failure: null,
    seed: 1,
    runs: 1,
    delivered: 1,
    wallMs: 1,
    trace: [],
    history: [],
  };
  const ofA = allScenarios().filter(({ part }) => part === 'A');
  const report = partReport(
    labOf('A'),
    ofA.map((scenario: Scenario) => reportOn(scenario, passed)),
  );
  new ReportFolder(path.join(folder, 'run')).writePart(report);
  expect(written()).toMatchObject({ score: report.maxScore, maxScore, startedAt });
});

test('one part alone is the whole report', () => {
  expectParts([partA]);
  beginReport();
  expect(written().parts.map(({ part }) => part)).toEqual(['A']);
});

test('a run without parts writes none', () => {
  expectParts([]);
  beginReport();
  expect(() => written()).toThrow('ENOENT');
});
