/** Grades a class: here, or by workers that take hand-ins from a queue. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { type ClassResult, gradeClass } from '../../grading/class/grade-class';
import { ResultsFolder } from '../../grading/class/results';
import { type RollEntry, readRoll } from '../../grading/class/roll';
import { Grader } from '../../grading/grade-apart';
import type { ClassSettings } from '../../grading/job';
import { GradeQueue } from '../../grading/queue/queue';
import { everyScenario } from '../../labtests/catalogue';
import { renderClass } from '../../report/renderers';
import { messageOf } from '../../runtime/errors';
import { systemSentence } from '../../runtime/system-error';
import { ProgramFailure, UsageError } from '../../runtime/terminal/exit';
import type { Part } from '../../suite/scenario/scenario';
import { sayIsolation } from './isolation-notice';
import { ClassProgress } from './progress';
import { endOnSignals } from './signals';

export interface AllOptions {
  readonly all: string;
  readonly out: string;
  readonly parts: readonly Part[];
  readonly only?: readonly string[];
  readonly seed?: number;
  readonly seeds?: number;
  readonly processorSeconds?: number;
  readonly jobs: number | undefined;
  readonly queue: string | undefined;
}

export async function gradeAll(options: AllOptions): Promise<number> {
  const { roll, results, settings } = begin(options);
  const lanes = Math.min(options.jobs ?? availableParallelism(), roll.length);
  const queue = options.queue === undefined ? undefined : await connect(options.queue);
  const graders = Array.from({ length: lanes }, (_, lane) => new Grader(lane));
  const stop = () => {
    progress.stop();
    console.log('stopped: the same command goes on from here');
  };
  const scenarios = everyScenario().filter(
    ({ id, part }) => settings.parts.includes(part) && (settings.only?.includes(id) ?? true),
  );
  const progress = new ClassProgress(roll.length, scenarios.length);
  endOnSignals(stop);
  if (queue === undefined) sayIsolation();
  try {
    const all = await gradeClass({
      ...{ roll, results, settings },
      graders: queue === undefined ? graders.map(locally) : roll.map(() => queue.gradeOne),
      onProgress: (name, done) => progress.scenario(name, done),
      onResult: (result, known, soFar) => {
        progress.result(result, known);
        summarise(results, soFar);
      },
    });
    progress.stop();
    return conclude(options, all);
  } finally {
    progress.stop();
    await Promise.all(graders.map((grader) => grader.stop()));
    await queue?.close();
  }
}

function locally(grader: Grader) {
  return (request: Parameters<Grader['grade']>[0], onProgress: (done: number) => void) =>
    grader.grade(
      { job: request.job, ...(request.traces && { traces: request.traces }) },
      onProgress,
    );
}

function begin(options: AllOptions) {
  const { parts, only, seed, seeds, processorSeconds } = options;
  try {
    const roll: readonly RollEntry[] = readRoll(options.all);
    const results = new ResultsFolder(options.out);
    const freshFrom = seed ?? Math.floor(Math.random() * 2 ** 31);
    const wanted: ClassSettings = {
      ...{ parts, freshFrom },
      ...(only && { only }),
      ...(seeds !== undefined && { seeds }),
      ...(processorSeconds !== undefined && { processorSeconds }),
    };
    return { roll, results, settings: results.settle(wanted, seed) };
  } catch (error) {
    const refusal = systemSentence(error);
    throw refusal === undefined ? new UsageError(messageOf(error)) : new ProgramFailure(refusal);
  }
}

async function connect(url: string): Promise<GradeQueue> {
  try {
    return await GradeQueue.connect(url);
  } catch (error) {
    throw new ProgramFailure(messageOf(error));
  }
}

function summarise(results: ResultsFolder, all: readonly ClassResult[]): void {
  results.writeSummary('class.csv', renderClass(all, 'csv'));
  results.writeSummary('class.html', renderClass(all, 'html'));
}

function conclude({ out }: AllOptions, all: readonly ClassResult[]): number {
  const failed = all.filter((result) => 'error' in result);
  console.log(`${all.length - failed.length} of ${all.length} hand-ins are graded`);
  for (const file of ['class.html', 'class.csv']) console.log(`  ${path.join(out, file)}`);
  return failed.length === 0 ? 0 : 1;
}
