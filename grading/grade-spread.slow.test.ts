/** Several processes grade as one does. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { studentFilesIn } from '../labtests/student-files';
import { parseReport } from '../report/parse';
import type { GradeReport } from './grade';
import { gradeSpread } from './grade-spread';
import { jobOf } from './job';

const root = path.join(__dirname, '..');
const slowMs = 600_000;

async function graded(changes: readonly (readonly [string, string])[]) {
  const files = new Map(
    studentFilesIn(root).map((file) => [file, readFileSync(path.join(root, file))] as const),
  );
  for (const [file, text] of changes) files.set(file, Buffer.from(text));
  const settings = { parts: ['A', 'B'] as const, freshFrom: 1, seeds: 2 };
  const only = ['A1', 'A2', 'A3', 'B1a', 'B4'];
  const progress: GradeReport[] = [];
  const job = jobOf('alice', files, { ...settings, only });
  const onProgress = (report: GradeReport) => void progress.push(report);
  const report = await gradeSpread({ job, processes: 2, onProgress });
  expect(parseReport(JSON.stringify(report)).score).toBe(report.score);
  return { report, progress };
}

const verdicts = ({ parts }: GradeReport) =>
  parts.flatMap(({ scenarios }) => scenarios.map(({ id, passed, runs }) => [id, passed, runs]));

test(
  'every scenario is graded once, and nothing is passed before',
  async () => {
    const { report, progress } = await graded([]);
    expect(verdicts(report)).toEqual([
      ...[
        ['A1', true, 2],
        ['A2', true, 2],
        ['A3', true, 2],
        ['B1a', true, 2],
        ['B4', true, 2],
      ],
    ]);
    expect(report.score).toBe(report.maxScore);
    const [first] = progress;
    expect(first?.score).toBe(0);
    expect(first?.maxScore).toBe(report.maxScore);
    const scores = progress.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    // Before anything starts, as each of the two starts, and after each scenario.
    expect(scores).toHaveLength(1 + 2 + 5);
  },
  slowMs,
);

test(
  'what does not compile is named once, and incidents are added up',
  async () => {
    const { report } = await graded([
      ['client/clerk.ts', 'export const = 1;'],
      [
        'viewservice/server.ts',
        `export class ViewServer { ping() { fetch('x'); } get() {} tick() {} }`,
      ],
    ]);
    expect(report.score).toBe(0);
    expect(report.compile).toMatchObject([{ file: 'client/clerk.ts' }]);
    expect(report.incidents).toMatchObject([{ kind: 'forbidden call', example: 'fetch' }]);
    // One for each scenario in which somebody pings, in both processes.
    expect(report.incidents[0]?.count).toBeGreaterThan(1);
  },
  slowMs,
);
