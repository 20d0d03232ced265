/** One hand-in to be graded elsewhere, as plain data: in another process, or on another machine. */
import * as v from 'valibot';
import { gradableParts } from '../labtests/labs';
import { maxModules } from '../labtests/student-files';
import type { Part } from '../suite/scenario/scenario';
import { frameworkDigest } from './framework-digest';
import { type HandedIn, HandInFile } from './hand-in/read';

/** Base64 of a file; `readHandIn` takes no larger ones. */
const maxBase64Length = 2 * 2 ** 20;

/**
 * Processor time that a hand-in may take unless told, in seconds. A solution takes about 150 on an idle
 * machine; on a slow one, or beside busy neighbours, the kernel counts more for the same work.
 */
export const usualProcessorSeconds = 600;

export const GradeJob = v.object({
  handIn: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** The files that `readHandIn` has taken, in base64. */
  files: v.pipe(
    v.record(HandInFile, v.pipe(v.string(), v.base64(), v.maxLength(maxBase64Length))),
    v.maxEntries(maxModules),
  ),
  parts: v.pipe(v.array(v.picklist(gradableParts)), v.minLength(1)),
  /** The source of the fresh seeds. */
  freshFrom: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The scenarios to run, by id; all unless told. */
  only: v.exactOptional(v.array(v.string())),
  /** With how many seeds each scenario runs at most. */
  seeds: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  /** How much processor time it may take; the usual unless told. */
  processorSeconds: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  /** Of the one who asks: grades by another version could not be compared. */
  framework: v.string(),
});

export type GradeJob = v.InferOutput<typeof GradeJob>;

/** The settings that are the same for all hand-ins of a class. */
export interface ClassSettings {
  readonly parts: readonly Part[];
  readonly freshFrom: number;
  readonly only?: readonly string[];
  readonly seeds?: number;
  readonly processorSeconds?: number;
}

export function jobOf(
  handIn: string,
  files: HandedIn,
  { parts, freshFrom, only, seeds, processorSeconds }: ClassSettings,
): GradeJob {
  return {
    handIn,
    files: Object.fromEntries([...files].map(([file, text]) => [file, text.toString('base64')])),
    ...{ parts: [...parts], freshFrom, framework: frameworkDigest() },
    ...(only && { only: [...only] }),
    ...(seeds !== undefined && { seeds }),
    ...(processorSeconds !== undefined && { processorSeconds }),
  };
}

export function filesOfJob(job: GradeJob): HandedIn {
  const files = Object.entries(job.files);
  return new Map(files.map(([file, text]) => [file, Buffer.from(text ?? '', 'base64')]));
}
