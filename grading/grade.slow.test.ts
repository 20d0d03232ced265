/** Hand-ins of all kinds, graded. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { seedsFrom } from '../labtests/jest/settings';
import { studentFilesIn } from '../labtests/student-files';
import { withWrongSolution } from '../labtests/zoo/with-wrong-solution.testing';
import { temporaryFolder } from '../runtime/temporary-folder';
import type { Part } from '../suite/scenario/scenario';
import { type GradeOptions, type GradeReport, grade } from './grade';
import { gradeSpread } from './grade-spread';
import { readHandIn } from './hand-in/read';
import { GradeJob, jobOf } from './job';

const root = path.join(__dirname, '..');
/** Many processes start here, slowly on a busy machine. */
const slowMs = 600_000;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-graded-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Hands in the reference solution, with these files in place of its own. */
function handIn(changes: Readonly<Record<string, string | null>> = {}): void {
  for (const file of studentFilesIn(root)) {
    const text = file in changes ? changes[file] : readFileSync(path.join(root, file), 'utf8');
    if (typeof text !== 'string') continue;
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
}

async function graded(parts: readonly Part[], options: Partial<GradeOptions> = {}) {
  const files = await readHandIn(folder);
  return grade({ handIn: 'alice', files, parts, seedsOf: () => [1], ...options });
}

function failuresOf(report: GradeReport) {
  return report.parts.flatMap(({ scenarios }) => scenarios.map(({ failure }) => failure ?? null));
}

/** A line for each scenario that did not pass, and what made the grader doubt: what a red test has to tell. */
function notPassed({ parts, incidents }: GradeReport): string[] {
  const failed = parts
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ passed }) => passed !== true)
    .map(({ id, failure }) => `${id}: expected ${failure?.expected}, got ${failure?.actual}`);
  return failed.length === 0 ? [] : [...failed, ...incidents.map((each) => JSON.stringify(each))];
}

test(
  'the reference gets full marks with all seeds and what a hand-in may use unless told, and before that none',
  async () => {
    handIn();
    const scores: number[] = [];
    const report = await graded(['A', 'B'], {
      seedsOf: (scenario) => seedsFrom(scenario, 1),
      onProgress: ({ score }) => scores.push(score),
    });
    expect(notPassed(report)).toEqual([]);
    expect(report.score).toBe(report.maxScore);
    expect(scores[0]).toBe(0);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
  },
  slowMs,
);

test(
  'a file that does not compile costs its own part, with the message of the compiler',
  async () => {
    handIn({ 'pbservice/server.ts': 'export class PbServer {' });
    const report = await graded(['A', 'B']);
    const [a, b] = report.parts;
    expect(a?.score).toBe(a?.maxScore);
    expect(b?.score).toBe(0);
    const messages = failuresOf({ ...report, parts: report.parts.slice(1) });
    for (const failure of messages) expect(failure?.actual).toContain("'}' expected");
  },
  slowMs,
);

test(
  'what a sweep finds among many runs at a time has failed by itself too, and can be replayed',
  async () => {
    await withWrongSolution('primary-answers-before-backup', async (wrong) => {
      const files = await readHandIn(wrong);
      const report = await grade({
        ...{ handIn: 'alice', files, parts: ['B'], only: ['B36a'], seedsOf: () => [1] },
      });
      const [swept] = report.parts[0]?.scenarios ?? [];
      expect(swept).toMatchObject({ passed: false, failure: { kind: 'not linearizable' } });
      expect(JSON.stringify(swept)).toMatch(/B36a:1:w1\.\d+\w+\.s\d-s\d\./);
    });
  },
  slowMs,
);

test(
  'a file that is missing is named',
  async () => {
    handIn({ 'viewservice/rules.ts': null });
    const report = await graded(['A']);
    expect(report.missing).toEqual(['viewservice/rules.ts']);
    expect(report.score).toBe(0);
  },
  slowMs,
);

test(
  'a solution in more files gets its points, and what is ignored is named',
  async () => {
    const rules = readFileSync(path.join(root, 'viewservice/rules.ts'), 'utf8');
    const changed = `${readFileSync(path.join(root, 'viewservice/node.ts'), 'utf8')}\nthrow new Error();\n`;
    handIn({ 'viewservice/rules.ts': "export * from './views/rules';\n" });
    mkdirSync(path.join(folder, 'viewservice/views'));
    writeFileSync(
      path.join(folder, 'viewservice/views/rules.ts'),
      rules.replaceAll("from '../", "from '../../").replaceAll("from './", "from '../"),
    );
    writeFileSync(path.join(folder, 'viewservice/node.ts'), changed);
    copyFileSync(path.join(root, 'viewservice/api.ts'), path.join(folder, 'viewservice/api.ts'));
    const files = await readHandIn(folder);
    const job = { parts: ['A', 'B'], freshFrom: 1, seeds: 1, only: ['A2', 'A3', 'B1a'] } as const;
    const alone = await grade({
      ...{ handIn: 'alice', files, seedsOf: () => [1] },
      ...{ parts: job.parts, only: job.only },
    });
    const spread = await gradeSpread({
      job: v.parse(GradeJob, JSON.parse(JSON.stringify(jobOf('alice', files, job)))),
      processes: 2,
      onProgress: () => undefined,
    });
    for (const report of [alone, spread]) {
      expect(notPassed(report)).toEqual([]);
      expect(report.ignored).toEqual(['viewservice/node.ts']);
      expect([report.missing, report.compile, report.incidents]).toEqual([[], [], []]);
    }
  },
  slowMs,
);

test('a job with files that no hand-in has is refused', () => {
  const files = new Map([['pbservice/../../etc/x.ts', Buffer.from('x')]]);
  const job = jobOf('mallory', files, { parts: ['A'], freshFrom: 1 });
  expect(() => v.parse(GradeJob, job)).toThrow('expected a module of a solution');
});

test(
  'nothing but the student files is taken, and no link is followed',
  async () => {
    handIn({ 'viewservice/rules.ts': null });
    const link = path.join(folder, 'viewservice/rules.ts');
    symlinkSync(path.join(root, 'viewservice/rules.ts'), link);
    await expect(graded(['A'])).rejects.toThrow('rules.ts is a link, which is not followed');
    rmSync(link);
    // Ours is taken in place of this one.
    writeFileSync(
      path.join(folder, 'viewservice/node.ts'),
      "throw new Error('not mine to change');",
    );
    const report = await graded(['A']);
    expect(report.missing).toEqual(['viewservice/rules.ts']);
    expect(report.ignored).toEqual(['viewservice/node.ts']);
    expect(JSON.stringify(failuresOf(report))).not.toContain('not mine to change');
  },
  slowMs,
);

test(
  'a hand-in that hangs everywhere gets nothing, and its report says where it hung',
  async () => {
    handIn({ 'viewservice/server.ts': 'for (;;);' });
    const report = await graded(['A']);
    expect(report.score).toBe(0);
    expect(failuresOf(report)[0]?.actual).toMatch(/^it did not settle within/);
  },
  slowMs,
);

test(
  'what a hand-in says cannot steer the terminal, nor fill the report',
  async () => {
    const text = `'\\u001b[2J\\u202e' + 'x'.repeat(100_000)`;
    handIn({ 'viewservice/server.ts': `throw new Error(${text});` });
    const report = await graded(['A']);
    const said = failuresOf(report)[0]?.actual ?? '';
    expect(said).toContain('?[2J?xxx');
    expect(said.length).toBeLessThanOrEqual(4_000);
  },
  slowMs,
);

test(
  'where no process of a node can start, that is an error, and costs nobody points',
  async () => {
    handIn();
    const files = await readHandIn(folder);
    const isolation = { level: 'process', summary: 'broken' } as const;
    const { execPath } = process;
    process.execPath = '/bin/false';
    try {
      const graded = grade({
        ...{ handIn: 'alice', files, parts: ['A'], seedsOf: () => [1], isolation },
      });
      await expect(graded).rejects.toThrow('the compiler does not work here');
    } finally {
      process.execPath = execPath;
    }
  },
  slowMs,
);
