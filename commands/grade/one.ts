/** Grades one hand-in, in this process and those of its nodes. */

import { availableParallelism } from 'node:os';
import type { GradeReport } from '../../grading/grade';
import { gradeSpread } from '../../grading/grade-spread';
import { type HandedIn, readHandIn } from '../../grading/hand-in/read';
import { jobOf } from '../../grading/job';
import { type RenderOptions, type ReportFormat, renderReport } from '../../report/renderers';
import { messageOf } from '../../runtime/errors';
import { replaceFile } from '../../runtime/replace-file';
import { painterFor } from '../../runtime/terminal/colour';
import { ProgramFailure, UsageError } from '../../runtime/terminal/exit';
import type { Part } from '../../suite/scenario/scenario';
import { sayIsolation } from './isolation-notice';
import { endOnSignals } from './signals';

export interface OneOptions {
  readonly handIn: string;
  readonly parts: readonly Part[];
  readonly only?: readonly string[];
  readonly seed?: number;
  readonly seeds?: number;
  readonly processorSeconds?: number;
  readonly format: ReportFormat;
  readonly out: string | undefined;
  readonly traces: string | undefined;
  readonly hide: readonly string[];
  readonly hiddenUntil: NonNullable<RenderOptions['hidden']>;
}

export async function gradeOne(options: OneOptions): Promise<number> {
  const { handIn, parts, only, processorSeconds, out, format } = options;
  const files = await read(handIn);
  const freshFrom = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  endOnSignals();
  sayIsolation();
  const render = (report: GradeReport) =>
    renderReport(hidden(report, options.hide), format, {
      hidden: options.hiddenUntil,
      ...(out === undefined && { paint: painterFor(process.stdout) }),
    });
  // By a temporary file: what is there is whole, and a grader that dies leaves a failure.
  const write = (report: GradeReport) => {
    if (out !== undefined) replaceFile(out, render(report));
  };
  const job = jobOf(handIn, files, {
    ...{ parts, freshFrom },
    ...(only && { only }),
    ...(options.seeds !== undefined && { seeds: options.seeds }),
    ...(processorSeconds !== undefined && { processorSeconds }),
  });
  const report = await spread({
    ...{ job, processes: availableParallelism(), onProgress: write },
    ...(options.traces !== undefined && { traces: options.traces }),
  });
  write(report);
  if (out === undefined) process.stdout.write(render(report));
  else console.log(`${handIn}: ${report.score}/${report.maxScore}, see ${out}`);
  return 0;
}

async function spread(options: Parameters<typeof gradeSpread>[0]): Promise<GradeReport> {
  try {
    return await gradeSpread(options);
  } catch (error) {
    throw new ProgramFailure(messageOf(error));
  }
}

async function read(handIn: string): Promise<HandedIn> {
  try {
    return await readHandIn(handIn);
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
