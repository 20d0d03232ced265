/** Grades the zoo: every solution with every scenario that sees what is different in it. */

import type { Failure } from '../../judging/failure';
import { defaultSeeds, type Scenario } from '../../suite/scenario/scenario';
import { solutionFiles, writeSolution } from '../broken-solutions/broken-solution';
import { allScenarios } from '../catalogue';
import { WorkerPool } from '../workers/pool';
import { applyDiff, filesOfDiff, type Sources } from './entry';
import type { RightSolution } from './right-solutions';
import { explains, type WrongSolution } from './wrong-solutions';

/** A scenario that a solution failed. */
export interface Catch {
  readonly scenario: string;
  readonly seed: number;
  /** Seconds of real time from the first seed to the failure, repetitions included. */
  readonly seconds: number;
  readonly failure: Failure;
}

export interface WrongSolutionResult {
  readonly solution: WrongSolution;
  /** In the order of the catalogue. */
  readonly catches: readonly Catch[];
  /** The scenarios that it passed. */
  readonly passed: readonly string[];
}

export interface RightResult {
  readonly solution: RightSolution;
  readonly failures: readonly Catch[];
  /** How many runs of scenarios it passed or failed. */
  readonly runs: number;
}

export interface ZooOptions {
  readonly wrong: readonly WrongSolution[];
  readonly right: readonly RightSolution[];
  /** With how many seeds a wrong solution meets a scenario that is not meant for it. */
  readonly otherSeeds: number;
  /** With how many seeds a right solution meets each scenario; fewer where the scenario has fewer. */
  readonly rightSeeds: number;
  /**
   * Which scenarios a wrong solution meets: those that see what is wrong with it, or only the one of
   * those meant for it that explains it best, which takes a tenth of the time. Campaigns, which take seconds each, are met by
   * those for which they are meant, and by right ones when it is `all`.
   */
  readonly meets: 'all' | 'the first meant';
  /** Default: all of parts A and B. */
  readonly scenarios?: readonly Scenario[];
  readonly onWrong?: (result: WrongSolutionResult) => void;
  readonly onRight?: (result: RightResult) => void;
}

export interface ZooResult {
  readonly wrong: readonly WrongSolutionResult[];
  readonly right: readonly RightResult[];
}

export async function gradeZoo(options: ZooOptions): Promise<ZooResult> {
  const pool = new WorkerPool();
  const reference = solutionFiles();
  try {
    const wrong = options.wrong.map(async (solution) => {
      const result = await gradeWrong(pool, reference, solution, options);
      options.onWrong?.(result);
      return result;
    });
    const right = options.right.map(async (solution) => {
      const result = await gradeRight(pool, reference, solution, options);
      options.onRight?.(result);
      return result;
    });
    return { wrong: await Promise.all(wrong), right: await Promise.all(right) };
  } finally {
    await pool.close();
  }
}

async function gradeWrong(
  pool: WorkerPool,
  reference: Sources,
  solution: WrongSolution,
  { otherSeeds, meets, scenarios: met }: ZooOptions,
): Promise<WrongSolutionResult> {
  const { name, diff, meant } = solution;
  const sources = applyDiff(reference, diff, name);
  const [first] = meant;
  const all = scenariosThatSee(filesOfDiff(diff), met).filter(({ id, campaign }) =>
    meets === 'all' ? campaign === undefined || meant.includes(id) : id === first,
  );
  const isMeant = ({ id }: Scenario) => meant.includes(id);
  // Scenarios meant for the solution come first: then one sees early whether it does what it should.
  const scenarios = [...all.filter(isMeant), ...all.filter((scenario) => !isMeant(scenario))];
  const seedsOf = ({ id, seeds }: Scenario) =>
    meant.includes(id) ? seeds : Math.min(seeds, otherSeeds);
  const { catches, passed } = await grade(pool, sources, scenarios, seedsOf);
  return { solution, catches: inOrder(catches), passed };
}

function inOrder(catches: readonly Catch[]): Catch[] {
  const ids = allScenarios().map(({ id }) => id);
  return [...catches].sort((a, b) => ids.indexOf(a.scenario) - ids.indexOf(b.scenario));
}

async function gradeRight(
  pool: WorkerPool,
  reference: Sources,
  solution: RightSolution,
  { rightSeeds, meets, scenarios: met }: ZooOptions,
): Promise<RightResult> {
  const scenarios = scenariosThatSee(solution.files, met).filter(
    ({ campaign }) => meets === 'all' || campaign === undefined,
  );
  const sources = solution.from(reference);
  const { catches, runs } = await grade(pool, sources, scenarios, ({ seeds }) =>
    // Scenarios with few seeds are about large data, and slow.
    seeds < defaultSeeds ? seeds : rightSeeds,
  );
  return { solution, failures: catches, runs };
}

async function grade(
  pool: WorkerPool,
  sources: Sources,
  scenarios: readonly Scenario[],
  seedsOf: (scenario: Scenario) => number,
) {
  const { root, remove } = writeSolution(sources);
  try {
    const results = await Promise.all(
      scenarios.map((scenario) => {
        const seeds = Array.from({ length: seedsOf(scenario) }, (_, i) => i + 1);
        return pool.run({ scenario: scenario.id, seeds, root });
      }),
    );
    const catches = results.flatMap(({ failure, seed, wallMs }, i): Catch[] => {
      const { id } = scenarios[i] as Scenario;
      return failure === null ? [] : [{ scenario: id, seed, seconds: wallMs / 1_000, failure }];
    });
    const caught = new Set(catches.map(({ scenario }) => scenario));
    const passed = scenarios.map(({ id }) => id).filter((id) => !caught.has(id));
    const runs = results.reduce((sum, result) => sum + result.runs, 0);
    return { catches, passed, runs };
  } finally {
    remove();
  }
}

/** The scenarios in which these files run. What part A knows of a solution is its view service. */
function scenariosThatSee(
  files: readonly string[],
  all: readonly Scenario[] = allScenarios(),
): Scenario[] {
  const isViewService = (file: string) => file.startsWith('viewservice/');
  const parts = [
    ...(files.some(isViewService) ? ['A'] : []),
    ...(files.every(isViewService) ? [] : ['B']),
  ];
  return all.filter(({ part }) => parts.includes(part));
}

/** The catch of a solution by a scenario that is meant for it, the quickest of them. */
export function meantCatch({ solution, catches }: WrongSolutionResult): Catch | undefined {
  return catches
    .filter(({ scenario }) => solution.meant.includes(scenario))
    .sort((a, b) => a.seconds - b.seconds)[0];
}

/** Whether the first scenario that is meant for the solution caught it, and said why. */
export function isExplained({ solution, catches }: WrongSolutionResult): boolean {
  const [first] = solution.meant;
  const found = catches.find(({ scenario }) => scenario === first);
  return found !== undefined && explains(solution, found.failure);
}
