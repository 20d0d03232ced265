/** The summary of a run of mutants: the score, the survivors, and the mistakes of survivors.json. */
import { allScenarios } from '../catalogue';
import type { Sources } from '../zoo/entry';
import { type Explained, short } from './explanations';
import type { MutantVerdict } from './judge';
import type { Mutant } from './mutate';

export interface MutantResult {
  readonly mutant: Mutant;
  /** null: it did not run. */
  readonly verdict: MutantVerdict | null;
  readonly explained: Explained | undefined;
}

export interface MutantsResult {
  readonly results: readonly MutantResult[];
  /** Explanations that fit no mutant. */
  readonly stale: readonly string[];
}

type Status = 'killed' | 'explained' | 'unexplained' | 'ignored';

export function statusOf({ verdict, explained }: MutantResult): Status {
  if (verdict === null) return 'ignored';
  if (verdict.kill !== null) return 'killed';
  return explained === undefined ? 'unexplained' : 'explained';
}

/** Killed, although it is explained why nothing can kill it. */
function isRefuted(result: MutantResult): boolean {
  return statusOf(result) === 'killed' && result.explained !== undefined;
}

export function mutantTotals(results: readonly MutantResult[]) {
  const count = (status: Status) => results.filter((result) => statusOf(result) === status).length;
  const [killed, explained, unexplained] = [
    ...[count('killed'), count('explained'), count('unexplained')],
  ] as [number, number, number];
  const ran = killed + explained + unexplained;
  return {
    mutants: ran,
    killed,
    explained,
    unexplained,
    ignored: count('ignored'),
    /** Per cent killed of all that ran, and of those whose survival is not explained. */
    score: percent(killed, ran),
    scoreOfOthers: percent(killed, killed + unexplained),
  };
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((1_000 * part) / whole) / 10;
}

export function areMutantsExplained({ results, stale }: MutantsResult): boolean {
  return mutantTotals(results).unexplained === 0 && stale.length === 0 && !results.some(isRefuted);
}

/** `viewservice/rules.ts:58:49  EqualityOperator  a < b -> a <= b`. */
export function nameOf({ file, line, column, mutator, original, replacement }: Mutant): string {
  return `${file}:${line}:${column}  ${mutator}  ${short(original)} -> ${short(replacement)}`;
}

/** A line about a mutant that did not run. */
export function listLine({ mutant, explained }: MutantResult): string {
  if (mutant.ignored !== undefined) return `${nameOf(mutant)}  (not run: ${mutant.ignored})`;
  const why = explained === undefined ? '' : `  (${explained.kind}: ${explained.reason})`;
  return `${nameOf(mutant)}${why}`;
}

/** A line about a mutant that was just judged. */
export function verdictLine({ mutant, verdict, explained }: MutantResult): string {
  const kill = verdict?.kill;
  if (!kill) {
    const why = explained === undefined ? 'SURVIVES' : `survives (${explained.kind})`;
    return `${why}  ${nameOf(mutant)}`;
  }
  const odd = explained === undefined ? '' : '  THOUGH EXPLAINED';
  return `killed by ${kill.scenario}:${kill.seed}${odd}  ${nameOf(mutant)}`;
}

/** The text at the end. */
export function mutantSummary(all: MutantsResult): string {
  const { results, stale } = all;
  const { mutants, killed, explained, unexplained, ignored, score, scoreOfOthers } =
    mutantTotals(results);
  const having = (status: Status) => results.filter((result) => statusOf(result) === status);
  return [
    ...section('Survivors that are explained', explainedLines(having('explained'))),
    ...section('Code that is not mutated', ignoredLines(having('ignored'))),
    ...section('Explanations that fit no mutant: take them out of survivors.json', stale),
    ...section(
      'Explained, and killed nevertheless: take them out of survivors.json',
      results.filter(isRefuted).map((result) => verdictLine(result)),
    ),
    ...section(
      'Survivors that nobody has explained',
      having('unexplained').flatMap(({ mutant, verdict }) => [
        nameOf(mutant),
        `    runs differ in: ${verdict?.differs.join(' ') || 'none'}`,
      ]),
    ),
    ...section('By file', fileLines(results)),
    `Mutation score ${score} %: ${killed} of ${mutants} mutants killed; ${explained} survivors are explained,` +
      ` ${unexplained} are not (without the explained ones: ${scoreOfOthers} %). ${ignored} not run.`,
  ].join('\n');
}

function explainedLines(results: readonly MutantResult[]): string[] {
  const groups = grouped(results, ({ explained }) => explained?.reason ?? '');
  return [...groups].flatMap(([reason, group]) => [
    `${group[0]?.explained?.kind}: ${reason}`,
    ...group.map(({ mutant }) => `    ${nameOf(mutant)}`),
  ]);
}

function ignoredLines(results: readonly MutantResult[]): string[] {
  const groups = grouped(results, ({ mutant }) => mutant.ignored ?? '');
  return [...groups].map(([reason, group]) => `${group.length} mutants: ${reason}`);
}

function fileLines(results: readonly MutantResult[]): string[] {
  const groups = grouped(results, ({ mutant }) => mutant.file);
  return [...groups].map(([file, group]) => {
    const { mutants, killed, explained, unexplained } = mutantTotals(group);
    return `${file}: ${killed} of ${mutants} killed, ${explained} explained, ${unexplained} not`;
  });
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`), ''];
}

/** The results in the format of mutation-testing-report-schema, version 2, with the totals on top. */
export function mutationReport({ results, stale }: MutantsResult, solution: Sources) {
  const groups = grouped(results, ({ mutant }) => mutant.file);
  const files = [...groups].map(([file, group]) => [
    file,
    {
      language: 'typescript',
      source: solution.get(file) ?? '',
      mutants: group.map((result, i) => mutantReport(result, `${file}#${i + 1}`)),
    },
  ]);
  const tests = allScenarios().map(({ id, name }) => ({ id, name }));
  return {
    schemaVersion: '2',
    totals: mutantTotals(results),
    stale,
    thresholds: { high: 100, low: 90 },
    files: Object.fromEntries(files),
    testFiles: { 'labtests/catalogue.ts': { tests } },
  };
}

function mutantReport({ mutant, verdict, explained }: MutantResult, id: string) {
  const { line, column, mutator, original, replacement, ignored } = mutant;
  const lines = original.split('\n');
  const last = lines.at(-1) ?? '';
  const end = {
    line: line + lines.length - 1,
    column: (lines.length === 1 ? column : 1) + last.length,
  };
  const place = {
    id,
    mutatorName: mutator,
    replacement,
    location: { start: { line, column }, end },
  };
  if (verdict === null) {
    const status = ignored === undefined ? 'Pending' : 'Ignored';
    return { ...place, status, ...(ignored && { statusReason: ignored }) };
  }
  const { kill, differs, seconds } = verdict;
  const duration = Math.round(seconds * 1_000);
  if (kill !== null) {
    const statusReason = `seed ${kill.seed}: expected ${kill.expected}, got ${kill.actual}`;
    return { ...place, status: 'Killed', killedBy: [kill.scenario], statusReason, duration };
  }
  // The format has no word for a survivor that is as it should be; tools take these out of the score.
  if (explained !== undefined) {
    const statusReason = `${explained.kind}: ${explained.reason}`;
    return { ...place, status: 'Ignored', statusReason, duration };
  }
  const statusReason = `runs differ in: ${differs.join(' ') || 'none'}`;
  return { ...place, status: 'Survived', statusReason, duration };
}
