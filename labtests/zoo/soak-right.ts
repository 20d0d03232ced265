/**
 * Right solutions over and over, each time with seeds that nobody has tried: a scenario that one of
 * them fails demands what no rule says, or that solution is not right.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../../judging/failure';
import { harmless } from '../../report/plain-text';
import { scheduleOf } from '../../report/report';
import { UsageError } from '../../runtime/terminal/exit';
import type { JobResult } from '../../suite/run/job';
import { defaultSeeds, type Scenario } from '../../suite/scenario/scenario';
import { solutionFiles, writeSolution } from '../broken-solutions/broken-solution';
import { allScenarios } from '../catalogue';
import { studentFilesAmong } from '../student-files';
import { WorkerPool } from '../workers/pool';
import type { Sources } from './entry';
import { type RightSolution, rightSolutions } from './right-solutions';

export interface SoakRightOptions {
  /** The folder of the solutions: diffs over this one, and folders with files of their own. */
  readonly folder: string;
  /** Takes the solutions whose name begins with this. */
  readonly only: string;
  /** With how many seeds each of them meets each scenario. */
  readonly runs: number;
  readonly firstSeed: number;
  /** Where a solution that failed is left, to be run again. */
  readonly keptIn: string;
  readonly print: (line: string) => void;
  /** Resolves when nobody wants to wait any longer. */
  readonly interrupted: Promise<void>;
  /** Default: all of parts A and B. */
  readonly scenarios?: readonly Scenario[];
}

/** The number of seeds in one job: small enough for the cores to be busy to the end. */
const seedsAtATime = 25;
/** After so many failures of one solution in one scenario there is nothing new in the next. */
const mostFailures = 3;

/** One of a solution in a scenario. */
interface Found {
  readonly schedule: string;
  readonly failure: Failure;
}

class Soak {
  private readonly options: SoakRightOptions;
  private readonly pool: WorkerPool;
  private isOver = false;
  runs = 0;
  failed = 0;

  constructor(options: SoakRightOptions) {
    this.options = options;
    this.pool = new WorkerPool();
    void options.interrupted.then(() => {
      this.isOver = true;
    });
  }

  get isInterrupted(): boolean {
    return this.isOver;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /** Says in a line what came of it, and in two more each failure; false: it was interrupted. */
  async meet(solution: RightSolution, reference: Sources): Promise<boolean> {
    const sources = solution.from(reference);
    const { root, remove } = writeSolution(sources);
    const before = this.runs;
    const found: Found[] = [];
    try {
      const all = Promise.all(
        jobsOf(solution, this.options).map(({ scenario, seeds }) =>
          this.run(scenario, seeds, root, found),
        ),
      );
      await Promise.race([all, this.options.interrupted]);
    } finally {
      remove();
    }
    if (found.length > 0) this.keep(solution, sources);
    const { print } = this.options;
    const cut = this.isOver ? ', interrupted' : '';
    print(`${solution.name}: ${this.runs - before} runs, ${found.length} failed${cut}`);
    for (const { schedule, failure } of found) {
      print(`  FAIL ${schedule}: expected ${failure.expected}, got ${failure.actual}`);
      const folder = path.relative(process.cwd(), this.folderOf(solution));
      print(`       npm run replay -- ${schedule} --hand-in ${folder}`);
    }
    this.failed += found.length;
    return !this.isOver;
  }

  /** One seed after the other, also after one that fails. */
  private async run(scenario: Scenario, seeds: readonly number[], root: string, found: Found[]) {
    let failures = 0;
    for (let left = seeds; left.length > 0 && failures < mostFailures && !this.isOver; ) {
      const result: JobResult = await this.pool.run({ scenario: scenario.id, seeds: left, root });
      if (this.isOver) return;
      this.runs += Math.max(1, result.runs);
      left = left.slice(left.indexOf(result.seed) + 1);
      if (result.failure === null) continue;
      failures += 1;
      const schedule = result.schedule ?? scheduleOf(scenario.id, result.seed);
      found.push({ schedule, failure: harmless(result.failure) });
    }
  }

  private folderOf({ name }: RightSolution): string {
    return path.join(this.options.keptIn, name);
  }

  private keep(solution: RightSolution, sources: Sources): void {
    const folder = this.folderOf(solution);
    rmSync(folder, { recursive: true, force: true });
    for (const file of studentFilesAmong(sources.keys())) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), sources.get(file) ?? '');
    }
  }
}

/** Part A knows of a solution no more than its view service: it is run when that is another one. */
function jobsOf({ files }: RightSolution, options: SoakRightOptions) {
  const { runs, firstSeed, scenarios = allScenarios() } = options;
  const hasViewService = files.some((file) => file.startsWith('viewservice/'));
  const jobs: { readonly scenario: Scenario; readonly seeds: readonly number[] }[] = [];
  for (const scenario of scenarios) {
    if (scenario.part === 'A' && !hasViewService) continue;
    // Scenarios with few seeds are about large data, or make many runs of one seed.
    const count = Math.min(runs, scenario.seeds < defaultSeeds ? scenario.seeds : runs);
    for (let done = 0; done < count; done += seedsAtATime) {
      const length = Math.min(seedsAtATime, count - done);
      jobs.push({ scenario, seeds: Array.from({ length }, (_, i) => firstSeed + done + i) });
    }
  }
  return jobs;
}

/** Returns the exit code: 0 when no solution has failed, 130 when it was interrupted before. */
export async function soakRight(options: SoakRightOptions): Promise<number> {
  const { folder, only, runs, firstSeed, print } = options;
  const chosen = rightSolutions(folder).filter(({ name }) => name.startsWith(only));
  if (chosen.length === 0) {
    throw new UsageError(`--only: no solution in ${folder} has a name that begins with ${only}`);
  }
  const last = firstSeed + runs - 1;
  print(`${chosen.length} solutions, seeds ${firstSeed} to ${last} (--seed ${firstSeed})`);
  const soak = new Soak(options);
  const reference = solutionFiles();
  let met = 0;
  try {
    for (const solution of chosen) {
      if (soak.isInterrupted || !(await soak.meet(solution, reference))) break;
      met += 1;
    }
  } finally {
    await soak.close();
  }
  print(`${met} solutions, ${soak.runs} runs, ${soak.failed} failed`);
  if (soak.failed > 0) return 1;
  return soak.isInterrupted ? 130 : 0;
}
