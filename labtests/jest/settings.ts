/** The settings of one `npm test`, common to all its test files, handed on in the environment. */
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../../runtime/seeded-random';
import { defaultSeeds, type Part, type Scenario } from '../../suite/scenario/scenario';
import { type Selection, select } from '../../suite/scenario/selection';
import { allScenarios, everyScenario } from '../catalogue';
import { labTestedBy } from '../labs';

const root = path.join(__dirname, '../..');
const storeFolder = path.join(root, 'store');
/** How many runs are kept; older ones are removed. */
const keptRuns = 20;

/** In the folder of a run: what is to be said of part 0, which has no points. */
export const warmUpFile = 'part-0.txt';

/** Called once, before the first test file. `onlySeed`: the seed that the user asked for. */
export function prepareRun(onlySeed: number | undefined): void {
  const name = new Date().toISOString().replace(/[:.]/g, '-');
  process.env.VIEWLAB_RUN = path.join(storeFolder, name);
  process.env.VIEWLAB_FRESH_SEED = String(Math.floor(Math.random() * 1_000_000));
  if (onlySeed !== undefined) process.env.VIEWLAB_ONLY_SEED = String(onlySeed);
}

export function runFolder(): string {
  const folder = process.env.VIEWLAB_RUN;
  if (folder === undefined) throw new Error('the test run was not prepared');
  return folder;
}

/** The part that a test file grades; undefined: none. */
export function partOf(testFile: string): Part | undefined {
  const lab = labTestedBy(testFile);
  return lab?.graded === 'never' ? undefined : lab?.part;
}

/** A lab without points: what is judged there is shown, and nothing more. */
export function isWarmUp(testFile: string): boolean {
  return labTestedBy(testFile)?.graded === 'never';
}

/** The test file of a lab that runs on request, and nobody has asked for anything by name. */
export function isLeftOut(testFile: string): boolean {
  return labTestedBy(testFile)?.graded === 'on request' && asked().only === undefined;
}

/** Tells which test files will run, before any of them does. */
export function expectParts(testFiles: readonly string[]): void {
  process.env.VIEWLAB_PARTS = [...new Set(testFiles.map(partOf))].sort().join('');
}

/** The parts that this run will have, whether they have begun or not. */
export function expectedParts(): Part[] {
  return [...(process.env.VIEWLAB_PARTS ?? '')];
}

/** The request of the user, as it was typed; undefined: nothing in particular. */
export interface RequestedScenarios {
  readonly only: string | undefined;
  readonly skip: string | undefined;
}

/** Tells all test files of this run; called before jest starts, see `scripts/test.ts`. */
export function requestScenarios({
  only,
  skip,
  seed,
}: RequestedScenarios & { readonly seed: number | undefined }): void {
  if (only !== undefined) process.env.VIEWLAB_ONLY = only;
  if (skip !== undefined) process.env.VIEWLAB_SKIP = skip;
  if (seed !== undefined) process.env.VIEWLAB_ONLY_SEED = String(seed);
}

export function asked(): RequestedScenarios {
  return { only: process.env.VIEWLAB_ONLY, skip: process.env.VIEWLAB_SKIP };
}

/** The scenarios of a part that are to run, and those that would if they were not to be skipped. */
export function selectionOf(part: Part): Selection {
  const all = asked().only === undefined ? allScenarios() : everyScenario();
  const { chosen, skipped } = select(all, asked());
  const isOfPart = (scenario: Scenario) => scenario.part === part;
  return { chosen: chosen.filter(isOfPart), skipped: skipped.filter(isOfPart) };
}

export function freshSeed(): number {
  return Number(process.env.VIEWLAB_FRESH_SEED);
}

export function onlySeed(): number | undefined {
  const seed = process.env.VIEWLAB_ONLY_SEED;
  return seed === undefined ? undefined : Number(seed);
}

export function seedsOf(scenario: Pick<Scenario, 'seeds'>): number[] {
  const only = onlySeed();
  return only === undefined ? seedsFrom(scenario, freshSeed()) : [only];
}

/**
 * The seeds of a scenario: three quarters are always the same, so that everybody meets the same
 * cases; the rest is fresh in each run, so that nobody can write to the test.
 */
export function seedsFrom(
  scenario: Pick<Scenario, 'seeds'>,
  freshFrom: number,
  atMost = Number.POSITIVE_INFINITY,
): number[] {
  const seeds = Math.min(scenario.seeds, atMost);
  const fixed = Math.ceil(seeds * 0.75);
  const random = seededRandom(freshFrom);
  return Array.from({ length: Math.max(seeds, 1) }, (_, i) =>
    i < fixed ? i + 1 : defaultSeeds + 1 + Math.floor(random() * 1_000_000_000),
  );
}

/** Points store/latest to this run and removes the oldest ones. */
export function finishRun(folder: string): void {
  const latest = path.join(storeFolder, 'latest');
  try {
    rmSync(latest, { force: true, recursive: true });
    symlinkSync(path.basename(folder), latest, 'junction');
  } catch {
    // Without symbolic links (some file systems) there is no `latest`; the run itself is there.
  }
  const runs = readdirSync(storeFolder).filter((name) => /^\d{4}-/.test(name));
  for (const old of runs.sort().slice(0, -keptRuns)) {
    rmSync(path.join(storeFolder, old), { recursive: true, force: true });
  }
}
