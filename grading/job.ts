/** One hand-in to be graded elsewhere, as plain data: in another process, or on another machine. */
import * as v from 'valibot';
import type { HandedIn } from '../hand-in/read';
import { studentFiles } from '../hand-in/student-files';
import type { Part } from '../scenario/scenario';
import { frameworkDigest } from './framework-digest';

/** Base64 of a student file; `readHandIn` takes no larger ones. */
const maxBase64Length = 2 * 2 ** 20;

export const GradeJob = v.object({
  submission: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** Student files in base64. */
  files: v.record(
    v.picklist(studentFiles),
    v.pipe(v.string(), v.base64(), v.maxLength(maxBase64Length)),
  ),
  parts: v.pipe(v.array(v.picklist(['A', 'B'])), v.minLength(1)),
  /** What the fresh seeds are drawn from. */
  freshFrom: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The scenarios to run, by id; all unless told. */
  only: v.exactOptional(v.array(v.string())),
  /** With how many seeds each scenario runs at most. */
  seeds: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  /** Of the one who asks: grades by another version could not be compared. */
  framework: v.string(),
});

export type GradeJob = v.InferOutput<typeof GradeJob>;

/** What is the same for all hand-ins of a class. */
export interface ClassSettings {
  readonly parts: readonly Part[];
  readonly freshFrom: number;
  readonly only?: readonly string[];
  readonly seeds?: number;
}

export function jobOf(
  submission: string,
  files: HandedIn,
  { parts, freshFrom, only, seeds }: ClassSettings,
): GradeJob {
  return {
    submission,
    files: Object.fromEntries([...files].map(([file, text]) => [file, text.toString('base64')])),
    ...{ parts: [...parts], freshFrom, framework: frameworkDigest() },
    ...(only && { only: [...only] }),
    ...(seeds !== undefined && { seeds }),
  };
}

export function filesOf(job: GradeJob): HandedIn {
  const files = Object.entries(job.files);
  return new Map(files.map(([file, text]) => [file, Buffer.from(text ?? '', 'base64')]));
}
