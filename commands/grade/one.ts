/** Grades one hand-in, in this process and those of its nodes. */
import { renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { GradeReport } from '../../labtests/harness/grading/grade';
import { gradeSpread } from '../../labtests/harness/grading/grade-spread';
import { jobOf } from '../../labtests/harness/grading/job';
import { type HandedIn, readHandIn } from '../../labtests/harness/hand-in/read';
import {
  type RenderOptions,
  type ReportFormat,
  renderReport,
} from '../../labtests/harness/report/renderers';
import type { Part } from '../../labtests/harness/scenario/scenario';
import { messageOf } from '../../runtime/errors';
import { painterFor } from '../../runtime/terminal/colour';
import { Failure, UsageError } from '../../runtime/terminal/exit';

export interface OneOptions {
  readonly submission: string;
  readonly parts: readonly Part[];
  readonly only?: readonly string[];
  readonly seed?: number;
  readonly seeds?: number;
  readonly format: ReportFormat;
  readonly out: string | undefined;
  readonly traces: string | undefined;
  readonly hide: readonly string[];
  readonly hiddenUntil: NonNullable<RenderOptions['hidden']>;
}

export async function gradeOne(options: OneOptions): Promise<number> {
  const { submission, parts, only, out, format } = options;
  const files = await read(submission);
  const freshFrom = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  // An orderly end takes the processes of the hand-in and the temporary folders with it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(130));
  const render = (report: GradeReport) =>
    renderReport(hidden(report, options.hide), format, {
      hidden: options.hiddenUntil,
      ...(out === undefined && { paint: painterFor(process.stdout) }),
    });
  // By a temporary file: what is there is whole, and a grader that dies leaves a failure.
  const write = (report: GradeReport) => {
    if (out === undefined) return;
    const temporary = `${out}.${process.pid}.tmp`;
    writeFileSync(temporary, render(report));
    renameSync(temporary, out);
  };
  const job = jobOf(submission, files, {
    ...{ parts, freshFrom },
    ...(only && { only }),
    ...(options.seeds !== undefined && { seeds: options.seeds }),
  });
  const report = await spread({
    ...{ job, processes: availableParallelism(), onProgress: write },
    ...(options.traces !== undefined && { traces: options.traces }),
  });
  write(report);
  if (out === undefined) process.stdout.write(render(report));
  else console.log(`${submission}: ${report.score}/${report.maxScore}, see ${out}`);
  return 0;
}

async function spread(options: Parameters<typeof gradeSpread>[0]): Promise<GradeReport> {
  try {
    return await gradeSpread(options);
  } catch (error) {
    throw new Failure(messageOf(error));
  }
}

async function read(submission: string): Promise<HandedIn> {
  try {
    return await readHandIn(submission);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** Scenarios that students are not to see. */
function hidden(report: GradeReport, ids: readonly string[]): GradeReport {
  const parts = report.parts.map((part) => ({
    ...part,
    scenarios: part.scenarios.map((scenario) =>
      ids.includes(scenario.id) ? { ...scenario, visibility: 'hidden' as const } : scenario,
    ),
  }));
  return { ...report, parts };
}
