/**
 * The arguments of `npm test`: words that name scenarios, words that are parts of the names of test
 * files, `--seed` and `--skip`, and the options of jest.
 */

import { gradedParts, labOf } from '../../labtests/labs';
import { commandWith, UsageError } from '../../runtime/terminal/exit';
import type { Scenario } from '../../suite/scenario/scenario';
import {
  isScenarioWord,
  namesOf,
  oneRun,
  perhaps,
  scenariosNamed,
  select,
} from '../../suite/scenario/selection';

export interface TestArguments {
  /** Names of scenarios with commas between them; undefined: all. */
  readonly only: string | undefined;
  readonly skip: string | undefined;
  readonly seed: number | undefined;
  readonly forJest: string[];
}

export interface Known {
  readonly all: readonly Scenario[];
  /** All test files. */
  readonly files: readonly string[];
  readonly options: Readonly<
    Record<string, { readonly alias?: string | undefined; readonly type?: string | undefined }>
  >;
}

const partWords = gradedParts.map((part) => `part-${part.toLowerCase()}`).join(', ');

export const testHelp = `${commandWith('test', '[PART|SCENARIO ...] [options]')}

Grades parts ${gradedParts.join(' and ')}, and runs the framework's own quick tests.

  ${partWords.padEnd(18)}  one part (part-0: the warm-up)
  B2, B9c, B9         one scenario, or all of a case; several with spaces or commas
  WORD                the framework's test files with that in their names
  --seed N            that seed alone
  --skip B36,B37      without these; the scorecard says so
  -t TEXT, --watch    ... and whatever else jest takes

Exit codes: 0 all pass, 1 one fails, 2 used wrongly.`;

export function parseTestArguments(words: readonly string[], known: Known): TestArguments {
  const { options, rest } = splitOptions(words, known);
  const forScenarios = rest.flatMap((word) => word.split(',')).filter(isScenarioWord);
  const forFiles = rest.filter((word) => !word.split(',').every(isScenarioWord));
  for (const word of forScenarios) refuseRun(word, known.all);
  for (const word of forFiles) checkFile(word, known);
  const only = forScenarios.length === 0 ? undefined : forScenarios.join(',');
  const { skip } = options;
  const chosen = select(known.all, { only, skip }).chosen;
  const parts = only === undefined ? [] : [...new Set(chosen.map(({ part }) => part))];
  const seed = options.seed === undefined ? undefined : checkSeed(options.seed);
  const forJest = [...options.forJest, ...parts.flatMap(testsOf), ...forFiles];
  return { only, skip, seed, forJest };
}

/** The test file of a part, as a pattern for jest. */
function testsOf(part: string): string[] {
  const { test } = labOf(part);
  return test === undefined ? [] : [test.replace(/\.ts$/, '').replaceAll('.', '\\.')];
}

/** Tells options and their values from words, as jest would. */
function splitOptions(words: readonly string[], { options }: Known) {
  const forJest: string[] = [];
  const rest: string[] = [];
  const own: { seed?: string; skip?: string } = {};
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    if (!word.startsWith('-')) {
      rest.push(word);
      continue;
    }
    const [, dashed = '', given] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const option = nameOf(dashed, options);
    const next = words[i + 1];
    const takesValue = given === undefined && options[option]?.type !== 'boolean';
    const value = given ?? (takesValue && !next?.startsWith('-') ? next : undefined);
    if (takesValue && value !== undefined) i += 1;
    if (option === 'seed') own.seed = value ?? '';
    else if (option === 'skip') own.skip = value ?? '';
    else forJest.push(word, ...(takesValue && value !== undefined ? [value] : []));
  }
  return { options: { ...own, forJest }, rest };
}

/** The name under which jest knows an option. */
function nameOf(dashed: string, options: Known['options']): string {
  const camel = dashed.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const plain = camel.replace(/^no([A-Z])/, (_, letter: string) => letter.toLowerCase());
  const names = Object.keys(options);
  const found = ['seed', 'skip', ...names].find(
    (name) => [camel, plain].includes(name) || options[name]?.alias === dashed,
  );
  if (found !== undefined) return found;
  const dashes = dashed.length === 1 ? '-' : '--';
  throw new UsageError(
    `unknown option ${dashes}${dashed}; expected --seed N, --skip SCENARIOS, or an option of ` +
      `jest${perhaps(dashed, ['seed', 'skip', ...names], (name) => `--${name}`)}`,
  );
}

function checkSeed(text: string): number {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const got = text === '' ? 'nothing' : JSON.stringify(text);
  throw new UsageError(`--seed: expected a whole number from 0 on after it, got ${got}`);
}

/** A word with a seed is one run: another command shows that. */
function refuseRun(word: string, all: readonly Scenario[]): void {
  if (!word.includes(':')) {
    scenariosNamed(all, word);
    return;
  }
  const { scenario, seed } = oneRun(all, word);
  throw new UsageError(
    `expected scenarios, got the run ${JSON.stringify(word)}: ` +
      `npm run replay -- ${scenario.id}:${seed}, or npm test -- ${scenario.id} --seed ${seed}`,
  );
}

function checkFile(word: string, { all, files }: Known): void {
  if (matches(word, files)) return;
  const names = [
    ...namesOf(all),
    ...files.map((file) => file.replace(/^.*\/|\.(slow\.)?test\.ts$/g, '')),
  ];
  throw new UsageError(
    'expected part-a, part-b, scenarios like B4 or B9c, or a part of the name of a test file; ' +
      `got ${JSON.stringify(word)}${perhaps(word, names)}`,
  );
}

function matches(word: string, files: readonly string[]): boolean {
  // An editor may give a file from the root of the machine.
  if (files.some((file) => word.replaceAll('\\', '/').endsWith(file))) return true;
  try {
    const pattern = new RegExp(word, 'i');
    return files.some((file) => pattern.test(file));
  } catch {
    return files.some((file) => file.includes(word));
  }
}
