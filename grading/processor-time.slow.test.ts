/** Hand-ins that take too much processor time: it costs what took it, and there is a grade. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { studentFilesIn } from '../labtests/student-files';
import { parseReport } from '../report/parse';
import { budgetOf, type GradeOptions, type GradeReport, grade } from './grade';
import { gradeSpread } from './grade-spread';
import { jobOf } from './job';

const root = path.join(__dirname, '..');
/** A machine may be busy with others for minutes. */
const slowMs = 600_000;
const only = ['A1', 'A2', 'B1a', 'B1b', 'B4'];
const parts = ['A', 'B'] as const;

/** The solution, with a clerk that first does this in vain. */
function handIn(before: string): Map<string, Buffer> {
  const file = 'client/clerk.ts';
  const files = new Map(
    studentFilesIn(root).map((name) => [name, readFileSync(path.join(root, name))]),
  );
  const text = `${files.get(file)}`;
  const head =
    '  perform(operation: Operation, options: OperationOptions = {}): Promise<OperationResult> {';
  expect(text).toContain(head);
  const burn =
    'export function burn(rounds: number) { let x = 1; for (let i = 0; i < rounds; i += 1) x = Math.imul(x, 31) + i; return x; }';
  files.set(file, Buffer.from(`${text.replace(head, `${head}\n${before}`)}\n${burn}\n`));
  return files;
}

async function graded(before: string, options: Partial<GradeOptions>): Promise<GradeReport> {
  const report = await grade({
    ...{ handIn: 'slow', files: handIn(before), parts, only, seedsOf: () => [1, 2] },
    ...options,
  });
  expect(parseReport(JSON.stringify(report)).score).toBe(report.score);
  return report;
}

const verdicts = ({ parts }: GradeReport) =>
  Object.fromEntries(parts.flatMap(({ scenarios }) => scenarios.map((each) => [each.id, each])));

test(
  'one scenario that burns loses its own points, in words, and no others',
  async () => {
    // An honest scenario of one server needs a second at most, and on a busy machine some times as much.
    const burning = `
      if (operation.key === 'large' || operation.key.startsWith('beside')) burn(1e9);`;
    const few = ['A1', 'A2', 'B1a', 'B1b'];
    const report = await graded(burning, { scenarioMs: 6_000, only: few });
    const { B1b, ...others } = verdicts(report);
    expect(Object.values(others).filter(({ passed }) => passed !== true)).toEqual([]);
    expect(B1b).toMatchObject({
      passed: false,
      failure: {
        expected: 'a scenario that takes at most 6 s of processor time',
        actual: expect.stringMatching(/^ended after \d+(\.\d+)? s$/),
        remedy: expect.stringContaining('--processor-seconds'),
      },
    });
    expect(report.used.processorMs).toBeGreaterThan(6_000);
  },
  slowMs,
);

test(
  'so does one that burns only where it is judged by itself',
  async () => {
    // What is in bad company is judged by itself.
    const burning = `
      if (operation.key === 'hashed') this.runtime.log('forbidden call', { what: 'nothing' });
      if (operation.key.startsWith('beside')) burn(2e9);`;
    const report = await graded(burning, { scenarioMs: 4_000, only: ['A1', 'B1b'] });
    const { A1, B1b } = verdicts(report);
    expect(A1?.passed).toBe(true);
    expect(B1b).toMatchObject({
      passed: false,
      failure: { expected: 'a scenario that takes at most 4 s of processor time' },
    });
  },
  slowMs,
);

test(
  'one that burns a little everywhere ends at the bound of all, and keeps what passed before',
  async () => {
    const limit = 10;
    const budget = budgetOf({ processorSeconds: limit });
    const report = await graded('burn(5e7);', { budget, scenarioMs: 1e9 });
    const all = Object.values(verdicts(report));
    const failed = all.filter(({ passed }) => passed !== true);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(all.length);
    for (const { passed, failure } of failed) {
      expect(passed).toBe(false);
      expect(failure?.expected).toContain(`at most ${limit} s of processor time`);
    }
    expect(report.incidents.map(({ kind }) => kind)).toContain('processor time');
    expect(report.used.processorMs).toBeGreaterThan(limit * 1_000);
    // It looks ten times a second.
    expect(report.used.processorMs).toBeLessThan(2 * limit * 1_000);
  },
  slowMs,
);

test(
  'several processes that grade it together share the bound',
  async () => {
    const settings = { parts, freshFrom: 1, seeds: 2, only, processorSeconds: 20 };
    const job = jobOf('slow', handIn('burn(2e8);'), settings);
    const report = await gradeSpread({ job, processes: 2, onProgress: () => undefined });
    const failed = Object.values(verdicts(report)).filter(({ passed }) => passed !== true);
    expect(failed.length).toBeGreaterThan(0);
    // The view service alone takes nothing from anybody.
    for (const { part } of failed) expect(part).toBe('B');
    for (const { failure } of failed) expect(failure?.expected).toMatch(/at most (3.33|20) s/);
    expect(report.used.processorMs).toBeLessThan(40_000);
  },
  slowMs,
);
