/**
 * npm run bench -- grade: what grading costs. The reference solution as one hand-in, by all cores; a
 * class of it, a hand-in on each core at a time; and a hand-in that hangs wherever it can.
 */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Grader } from '../../grading/grade-apart';
import { gradeSpread } from '../../grading/grade-spread';
import type { HandedIn } from '../../grading/hand-in/read';
import { jobOf } from '../../grading/job';
import { gradedParts } from '../../labtests/labs';
import { studentFilesIn } from '../../labtests/student-files';
import { isolationHere } from '../../nodes/apart/launch';
import { replaceFile } from '../../runtime/replace-file';
import { median, table } from './statistics';

export interface GradeBenchOptions {
  readonly rounds: number;
  readonly json: string | undefined;
  readonly print: (text: string) => void;
}

const root = path.resolve(__dirname, '../..');
/** The same ones in each round. */
const freshFrom = 1;
const quickSeeds = 8;

export async function benchGrade({ rounds, json, print }: GradeBenchOptions): Promise<void> {
  const cores = availableParallelism();
  print(`Isolation: ${isolationHere().summary}; ${cores} cores`);
  const one: number[] = [];
  const all: number[] = [];
  const quick: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    one.push(await oneHandIn(reference()));
    all.push(await aClass(cores));
    quick.push(await aClass(cores, quickSeeds));
  }
  const hanging = new Map([...reference(), ['viewservice/server.ts', Buffer.from('for (;;);')]]);
  const figures = {
    oneHandInSeconds: median(one),
    handInsPerMinuteAndCore: median(all),
    handInsPerMinuteAndCoreWithFewerSeeds: median(quick),
    hangingHandInSeconds: await oneHandIn(hanging),
    graderPeakMib: Math.max(...peaks),
  };
  const rows = [
    ['one hand-in, s', figures.oneHandInSeconds.toFixed(1)],
    ['a class, hand-ins a minute and core', figures.handInsPerMinuteAndCore.toFixed(2)],
    [
      `the same with --seeds ${quickSeeds}`,
      figures.handInsPerMinuteAndCoreWithFewerSeeds.toFixed(2),
    ],
    ['a hand-in that hangs everywhere, s', figures.hangingHandInSeconds.toFixed(1)],
    ['memory of the grader, peak, MiB', String(figures.graderPeakMib)],
  ];
  print(table(['what', `median of ${rounds}`], rows));
  if (json !== undefined) replaceFile(json, `${JSON.stringify(figures, null, 2)}\n`);
}

function reference(): HandedIn {
  return new Map(studentFilesIn(root).map((file) => [file, readFileSync(path.join(root, file))]));
}

/** Seconds. */
async function oneHandIn(files: HandedIn): Promise<number> {
  const job = jobOf('bench', files, { parts: gradedParts, freshFrom });
  const startedAt = performance.now();
  await gradeSpread({ job, processes: availableParallelism(), onProgress: () => undefined });
  return (performance.now() - startedAt) / 1_000;
}

/** MiB of each grader that a class needed. */
const peaks: number[] = [];

/** Hand-ins that each core grades in a minute, when it grades one after the other. */
async function aClass(cores: number, seeds?: number): Promise<number> {
  const settings = { parts: gradedParts, freshFrom, ...(seeds !== undefined && { seeds }) };
  const job = jobOf('bench', reference(), settings);
  const graders = Array.from({ length: cores }, (_, lane) => new Grader(lane));
  const startedAt = performance.now();
  try {
    await Promise.all(graders.map((grader) => grader.grade({ job })));
    return 60_000 / (performance.now() - startedAt);
  } finally {
    peaks.push(...graders.map(({ peakMib }) => peakMib));
    await Promise.all(graders.map((grader) => grader.stop()));
  }
}
