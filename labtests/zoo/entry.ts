/**
 * The files of the zoo: a few `Field: value` lines, an empty line, and a unified diff over the
 * solution. Each diff is applied exactly as it stands: one that no longer fits is an error.
 */
import { applyPatch, parsePatch } from 'diff';
import { ownerOf } from '../student-files';

/** Texts of a solution by file name, for instance `viewservice/server.ts`. */
export type Sources = ReadonlyMap<string, string>;

export interface ZooEntry {
  /** The values of the fields, by their names. */
  readonly fields: ReadonlyMap<string, string>;
  readonly diff: string;
}

/** Splits the text of an entry. Throws an Error when a field is missing, unknown or there twice. */
export function parseEntry(
  text: string,
  name: string,
  { required, optional = [] }: { required: readonly string[]; optional?: readonly string[] },
): ZooEntry {
  const end = text.indexOf('\n\n');
  const fields = new Map<string, string>();
  for (const line of text.slice(0, end).split('\n')) {
    const [, field = '', value = ''] = /^([A-Z][a-z ]*): (\S.*)$/.exec(line) ?? [];
    if (![...required, ...optional].includes(field) || fields.has(field)) {
      const known = [...required, ...optional].join(', ');
      throw new Error(`${name}: expected each of the fields ${known} once, got ${line}`);
    }
    fields.set(field, value);
  }
  const missing = required.find((field) => !fields.has(field));
  if (missing !== undefined) throw new Error(`${name}: the field ${missing} is missing`);
  return { fields, diff: text.slice(end + 2) };
}

/** The solution with the diff applied. Throws an Error when the diff does not fit. */
export function applyDiff(solution: Sources, diff: string, name: string): Sources {
  const sources = new Map(solution);
  const patches = parsePatch(diff);
  if (patches.length === 0) throw new Error(`${name}: there is no diff below the fields`);
  for (const patch of patches) {
    const file = patch.oldFileName?.replace(/^a\//, '') ?? '';
    const source = sources.get(file);
    if (source === undefined || ownerOf(file) !== 'student') {
      throw new Error(`${name}: expected a diff of files that students write, got ${file}`);
    }
    const changed = applyPatch(source, patch, { fuzzFactor: 0, autoConvertLineEndings: false });
    if (changed === false) {
      throw new Error(`${name}: the diff does not fit ${file} any more: make it anew`);
    }
    sources.set(file, changed);
  }
  return sources;
}

/** The files that a diff changes. */
export function filesOfDiff(diff: string): string[] {
  return parsePatch(diff).map(({ oldFileName }) => oldFileName?.replace(/^a\//, '') ?? '');
}
