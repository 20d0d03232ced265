/** Clauses of a contract: each duty that the files and pages of students state, as a row of a table. */
import * as v from 'valibot';
import type { Blames } from '../../judging/breach';

export const Clause = v.object({
  /** A letter and a number, for instance `V3`. */
  id: v.pipe(v.string(), v.regex(/^[A-Z]\d+$/)),
  part: v.string(),
  /** Where the words stand, from the root of the project. */
  file: v.string(),
  /** The sentences as they stand there, or the part of one that has the duty. */
  words: v.pipe(v.array(v.string()), v.minLength(1)),
  /** The same as a sentence that stands alone, where the words do not. */
  en: v.exactOptional(v.string()),
  /** Where to look when it is broken. */
  hint: v.pipe(v.string(), v.minLength(1)),
  /** The words in Chinese. */
  zh: v.pipe(v.string(), v.minLength(1)),
});
export type Clause = v.InferOutput<typeof Clause>;

/** The duties of a lab, and which of them a failure shows to be broken. */
export interface Contract {
  readonly clauses: () => readonly Clause[];
  readonly blames?: Blames;
}
