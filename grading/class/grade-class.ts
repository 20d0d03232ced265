/** Grades the hand-ins of a class, several at a time; what was graded before is not graded again. */

import type { Report } from '../../report/schema';
import { messageOf } from '../../runtime/errors';
import { systemSentence, WriteError } from '../../runtime/system-error';
import { type HandedIn, readHandIn } from '../hand-in/read';
import { type ClassSettings, type GradeJob, jobOf } from '../job';
import type { ResultsFolder } from './results';
import type { RollEntry } from './roll';

/** Grades one hand-in somewhere. Rejects when it could not be graded. */
export type GradeOne = (
  request: { readonly job: GradeJob; readonly digest: string; readonly traces: string },
  onProgress: (done: number) => void,
) => Promise<Report>;

/** The outcome of a hand-in: its report, or the reason why there is none. */
export type ClassResult =
  | { readonly name: string; readonly report: Report }
  | { readonly name: string; readonly error: string };

export interface ClassOptions {
  readonly roll: readonly RollEntry[];
  readonly results: ResultsFolder;
  readonly settings: ClassSettings;
  /** As many hand-ins as there are of these are graded at a time. */
  readonly graders: readonly GradeOne[];
  /** Reads a hand-in; apart from this process, unless told. */
  readonly read?: (place: string) => Promise<HandedIn>;
  /** How many scenarios of a hand-in are done. */
  readonly onProgress?: (name: string, done: number) => void;
  /** Told of each hand-in; `known`: it had been graded before. */
  readonly onResult?: (result: ClassResult, known: boolean, all: readonly ClassResult[]) => void;
}

/** In the order of the roll. */
export async function gradeClass(options: ClassOptions): Promise<ClassResult[]> {
  const { roll, graders, onResult = () => undefined } = options;
  const done = new Map<string, ClassResult>();
  const inOrder = () => roll.flatMap(({ name }) => done.get(name) ?? []);
  const queue = [...roll];
  const work = async (gradeOne: GradeOne) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { result, known } = await gradeEntry(next, gradeOne, options);
      done.set(next.name, result);
      onResult(result, known, inOrder());
    }
  };
  await Promise.all(graders.map(work));
  return inOrder();
}

async function gradeEntry(
  entry: RollEntry,
  gradeOne: GradeOne,
  options: ClassOptions,
): Promise<{ result: ClassResult; known: boolean }> {
  const { name } = entry;
  const { results, settings, onProgress = () => undefined } = options;
  try {
    const files = await read(entry, options);
    const digest = results.digest(files, settings);
    const before = results.find(name, digest);
    if (before !== undefined) return { result: { name, report: before }, known: true };
    const traces = results.begin(name);
    const job = jobOf(name, files, settings);
    const report = await gradeOne({ job, digest, traces }, (count) => onProgress(name, count));
    results.keep(name, digest, report);
    return { result: { name, report }, known: false };
  } catch (error) {
    // Where nothing can be kept, no other hand-in need be graded.
    if (error instanceof WriteError) throw error;
    return { result: { name, error: systemSentence(error) ?? messageOf(error) }, known: false };
  }
}

/** A hand-in that could not be read is not read again as long as it is the same. */
async function read(
  { name, place, problem }: RollEntry,
  { results, read: readPlace = readHandIn }: ClassOptions,
): Promise<HandedIn> {
  const known = problem ?? results.findUnread(name, place);
  if (known !== undefined) throw new Error(known);
  try {
    return await readPlace(place);
  } catch (error) {
    results.keepUnread(name, place, messageOf(error));
    throw error;
  }
}
