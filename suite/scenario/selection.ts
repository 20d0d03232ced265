/**
 * The selection of scenarios by words like `part-a`, `B9`, `b9c`, and of a run by `B4:17`: the words of all
 * commands are read here, and the answer to an unknown word names the ones that may have been meant.
 */
import leven from 'leven';
import { text } from '../../runtime/terminal/arguments';
import { UsageError } from '../../runtime/terminal/exit';
import type { Scenario } from './scenario';

/** The meanings of a name. */
type Named = Pick<Scenario, 'id' | 'part'>;

/** The option of all commands that run scenarios. */
export const skipOption = {
  describe: 'Scenarios to leave out, for instance B36,B37',
  requiresArg: true,
  coerce: text('skip', 'scenarios with commas between them'),
} as const;

/** `B9` of `B9c`: a case has one scenario or several. */
export function caseOf({ id }: Pick<Scenario, 'id'>): string {
  return id.replace(/[a-z]$/, '');
}

/** A word that can only mean a part, a scenario or a run of one, whether there is such a one or not. */
export function isScenarioWord(word: string): boolean {
  return /^(part-)?[a-z]$/i.test(word) || /^[a-z]\d+[a-z]?(:.*)?$/i.test(word);
}

/** The scenarios that words name, separated by commas, in the order of the catalogue. */
export function scenariosNamed<S extends Named>(all: readonly S[], words: string): readonly S[] {
  const named = new Set(
    words
      .split(',')
      .map((word) => word.trim())
      .flatMap((word) => namedBy(all, word)),
  );
  return all.filter((scenario) => named.has(scenario));
}

function namedBy<S extends Named>(all: readonly S[], word: string): readonly S[] {
  const plain = word.toLowerCase();
  const found = all.filter(
    (scenario) =>
      [`part-${scenario.part}`, scenario.part].some((name) => name.toLowerCase() === plain) ||
      [scenario.id, caseOf(scenario)].some((name) => name.toLowerCase() === plain),
  );
  if (found.length > 0) return found;
  const expected = `expected ${partNames(all).join(', ')}, or scenarios like B4 or B9c, with commas between them`;
  throw new UsageError(`${expected}; got ${got(word)}${perhaps(word, namesOf(all))}`);
}

/** The scenarios that `--only` and `--skip` leave. */
export interface Selection<S = Scenario> {
  readonly chosen: readonly S[];
  /** The scenarios that `--skip` took away: they were asked for otherwise. */
  readonly skipped: readonly S[];
}

/** `only`, `skip`: as they were typed; undefined: not given. */
export function select<S extends Named>(
  all: readonly S[],
  { only, skip }: { readonly only?: string | undefined; readonly skip?: string | undefined },
): Selection<S> {
  const asked = only === undefined ? all : scenariosNamed(all, only);
  const without = new Set(skip === undefined ? [] : scenariosNamed(all, skip));
  const chosen = asked.filter((scenario) => !without.has(scenario));
  if (chosen.length === 0) {
    throw new UsageError(`--skip: expected to leave something, got all: ${JSON.stringify(skip)}`);
  }
  return { chosen, skipped: asked.filter((scenario) => without.has(scenario)) };
}

export interface OneRun {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Of a campaign: which of its runs. */
  readonly choices: string | undefined;
}

/** The run that `B4:17` names. */
export function oneRun(all: readonly Scenario[], schedule: string): OneRun {
  const [name = '', seedText, ...rest] = schedule.split(':');
  const scenario = scenarioOfRun(all, name, seedText);
  if (seedText === undefined || seedText === '') {
    throw new UsageError(
      `expected a seed after the scenario; got ${got(schedule)}. One run: npm run replay -- ` +
        `${scenario.id}:1. With all its seeds: npm test -- ${scenario.id}`,
    );
  }
  const seed = Number(seedText);
  if (!/^\d+$/.test(seedText) || !Number.isSafeInteger(seed)) {
    throw new UsageError(`expected a whole number from 0 on as the seed; got ${got(seedText)}`);
  }
  const choices = rest.length === 0 ? undefined : rest.join(':');
  if (choices !== undefined && scenario.campaign?.replay === undefined) {
    throw new UsageError(
      `expected nothing after the seed of ${scenario.id}; got ${got(choices)}. ` +
        `Did you mean ${scenario.id}:${seed}?`,
    );
  }
  return { scenario, seed, choices };
}

function scenarioOfRun(all: readonly Scenario[], name: string, seed: string | undefined): Scenario {
  const plain = name.toLowerCase();
  const exact = all.find(({ id }) => id.toLowerCase() === plain);
  if (exact !== undefined) return exact;
  const run = (id: string) => `${id}:${seed || 1}`;
  const ofCase = all.filter((scenario) => caseOf(scenario).toLowerCase() === plain);
  if (ofCase.length > 0) {
    const runs = ofCase.map(({ id }) => run(id)).join(', ');
    throw new UsageError(`${got(name)} has several scenarios; expected one of ${runs}`);
  }
  const ids = all.map(({ id }) => id);
  throw new UsageError(
    `expected a scenario and a seed, like ${all[0]?.id}:1, or a schedule that begins with ` +
      `explore: or debug:, or the file of a trace; got ${got(name)}${perhaps(name, ids, run)}`,
  );
}

/** All names that a command may be given. */
export function namesOf(all: readonly Named[]): string[] {
  const ids = all.flatMap((scenario) => [scenario.id, caseOf(scenario)]);
  return [...partNames(all), ...new Set(ids)];
}

function partNames(all: readonly Named[]): string[] {
  return [...new Set(all.map(({ part }) => `part-${part.toLowerCase()}`))];
}

/** `. Did you mean X?`, where there is a name that is like the one that was typed. */
export function perhaps(
  word: string,
  names: readonly string[],
  show = (name: string) => name,
): string {
  const distance = (name: string) => leven(word.toLowerCase(), name.toLowerCase());
  const [nearest] = [...names].sort((one, other) => distance(one) - distance(other));
  const most = Math.max(1, Math.floor(word.length / 3));
  if (nearest === undefined || distance(nearest) > most) return '';
  return `. Did you mean ${show(nearest)}?`;
}

/** The typed word between quotes, cut to fit in a line. */
function got(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
