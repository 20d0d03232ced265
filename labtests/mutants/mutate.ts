/**
 * The mutants of source files: copies with one small change each, of the kinds that StrykerJS knows.
 * Only its instrumenter is used, to find them. A mutant runs as a solution of its own, so that
 * whatever runs solutions can run it: what was compiled in is what the message is about.
 */
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { linesOfSolution } from '../solution-regions';
import type { Sources } from '../zoo/entry';
import { notMutated } from './exclusions';

export interface Mutant {
  /** For instance `viewservice/rules.ts`. */
  readonly file: string;
  /** Where the original begins, both from 1. */
  readonly line: number;
  readonly column: number;
  /** The line of the source in which it begins, without its indentation. */
  readonly at: string;
  /** 2 for the second mutant that all this says the same of; mostly 1. */
  readonly nth: number;
  /** The kind of change, as StrykerJS calls it: `ConditionalExpression`. */
  readonly mutator: string;
  /** The text that is replaced, and what stands there instead. */
  readonly original: string;
  readonly replacement: string;
  /** Why it is not run; undefined: it is. */
  readonly ignored: string | undefined;
  /** The whole file with the change. */
  readonly mutated: string;
}

const given = 'students get it as it is';

type Position = { readonly line: number; readonly column: number };

/** All mutants of these files of a solution, in the order of the text. */
export async function mutantsOf(sources: Sources, files: readonly string[]): Promise<Mutant[]> {
  const contents = files.map((name) => ({ name, mutate: true, content: textOf(sources, name) }));
  const { mutants } = await new Instrumenter(silent).instrument(contents, {
    plugins: null,
    excludedMutations: [],
    ignorers: [notMutated],
  });
  const twins = new Map<string, number>();
  const own = new Map(files.map((file) => [file, linesOfSolution(textOf(sources, file))]));
  return mutants.map(({ fileName, location, mutatorName, replacement, statusReason }) => {
    const text = textOf(sources, fileName);
    const [start, end] = [offsetOf(text, location.start), offsetOf(text, location.end)];
    const original = text.slice(start, end);
    const at = text.split('\n')[location.start.line]?.trim() ?? '';
    const key = [fileName, at, mutatorName, original, replacement].join('\0');
    const nth = (twins.get(key) ?? 0) + 1;
    twins.set(key, nth);
    return {
      file: fileName,
      line: location.start.line + 1,
      column: location.start.column + 1,
      at,
      nth,
      mutator: mutatorName,
      original,
      replacement,
      ignored: own.get(fileName)?.has(location.start.line + 1) ? statusReason : given,
      mutated: text.slice(0, start) + fitted(mutatorName, replacement) + text.slice(end),
    };
  });
}

function textOf(sources: Sources, file: string): string {
  const text = sources.get(file);
  if (text === undefined) throw new Error(`the solution has no file ${file}`);
  return text;
}

/**
 * A replacement binds as tightly as what it replaces: `a || b` for the first half of `a && b && c`. The
 * new line ends the comment that some end with.
 */
function fitted(mutator: string, replacement: string): string {
  const isStatement = mutator === 'BlockStatement' || /^(for|case|default)\b/.test(replacement);
  return isStatement ? replacement : `(${replacement}\n)`;
}

function offsetOf(text: string, { line, column }: Position): number {
  let offset = 0;
  for (let i = 0; i < line; i += 1) offset = text.indexOf('\n', offset) + 1;
  return offset + column;
}

const nothing = () => undefined;
const silent = {
  ...{ trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
  ...{ fatal: nothing, isTraceEnabled: () => false, isDebugEnabled: () => false },
  ...{ isInfoEnabled: () => false, isWarnEnabled: () => false, isErrorEnabled: () => false },
  isFatalEnabled: () => false,
};
