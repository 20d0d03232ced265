/** Mutation testing as a program: do the scenarios notice every small change of the solution? */
import { UsageError } from '../../runtime/terminal/exit';
import type { Scenario } from '../../suite/scenario/scenario';
import { solutionFiles } from '../broken-solutions/broken-solution';
import { studentFilesAmong } from '../student-files';
import { WorkerPool } from '../workers/pool';
import { Explanations, identity, readExplanations } from './explanations';
import {
  baselineOf,
  firstSeeds,
  judgeMutant,
  type MutantJudge,
  type MutantVerdict,
  Stand,
} from './judge';
import { Killers } from './killers';
import { type Mutant, mutantsOf } from './mutate';
import { Notes, worldOf } from './notes';
import {
  areMutantsExplained,
  listLine,
  type MutantResult,
  mutantSummary,
  mutationReport,
  verdictLine,
} from './summary';

export interface RunMutantsOptions {
  /** Takes the mutants of these files, or of single lines: `client/clerk.ts,viewservice/rules.ts:58`. */
  readonly only: string | undefined;
  /** The scenarios that the mutants meet. */
  readonly scenarios: readonly Scenario[];
  readonly maxSeeds: number;
  /** Where the verdicts are kept. */
  readonly notesFile: string;
  /** Forgets the verdicts on the mutants that are chosen. */
  readonly anew: boolean;
  readonly print: (line: string) => void;
}

/** Milliseconds of computing at one input after which a mutant counts as an endless loop. */
const hangLimitMs = 6_000;

export interface MutantsOutcome {
  readonly exitCode: number;
  readonly json: string;
}

export async function runMutants(options: RunMutantsOptions): Promise<MutantsOutcome> {
  const { maxSeeds, scenarios, print } = options;
  const { solution, all, chosen, explanations } = await find(options.only);
  const pool = new WorkerPool({ hangLimitMs });
  const stands = Array.from({ length: pool.size }, () => new Stand(solution));
  const judge: MutantJudge = { pool, scenarios, maxSeeds };
  const notes = new Notes(options.notesFile, worldOf(scenarios));
  try {
    let baseline = notes.baseline(maxSeeds);
    if (baseline === undefined) {
      print(`The solution itself meets ${judge.scenarios.length} scenarios first ...`);
      baseline = await baselineOf(judge, (stands[0] as Stand).root);
      notes.noteBaseline(maxSeeds, baseline);
    }
    const killers = new Killers(new Map([...baseline].map(([id, { ms }]) => [id, ms])));
    let finished = 0;
    const judged = async (mutant: Mutant, stand: Stand): Promise<MutantResult> => {
      const explained = explanations.of(mutant);
      if (mutant.ignored !== undefined) return { mutant, verdict: null, explained };
      const key = identity(mutant);
      const known = options.anew ? undefined : notes.verdict(key);
      // An explained mutant does not meet all seeds: it only must not be plainly wrong.
      const seeds = explained === undefined ? maxSeeds : Math.min(firstSeeds, maxSeeds);
      let verdict: MutantVerdict;
      if (known !== undefined && (known.kill !== null || known.seeds >= seeds)) {
        verdict = known;
        if (known.kill !== null) killers.note(mutant, known.kill.scenario);
      } else {
        const lastKill = notes.lastKill(key) ?? undefined;
        const knowledge = { baseline, killers, lastKill, survived: known };
        verdict = await stand.with(mutant, () =>
          judgeMutant({ ...judge, maxSeeds: seeds }, stand.root, mutant, knowledge),
        );
        notes.note(key, verdict);
      }
      const result = { mutant, verdict, explained };
      finished += 1;
      print(`[${finished}/${toRun}] ${verdictLine(result)}`);
      return result;
    };
    const toRun = chosen.filter(({ ignored }) => ignored === undefined).length;
    const results = await inLanes(stands, chosen, judged);
    const result = { results, stale: explanations.stale(all) };
    print(`\n${mutantSummary(result)}`);
    return {
      exitCode: areMutantsExplained(result) ? 0 : 1,
      json: `${JSON.stringify(mutationReport(result, solution), null, 2)}\n`,
    };
  } finally {
    await pool.close();
    for (const stand of stands) stand.remove();
  }
}

/** Says which mutants there are and what is explained, and runs none of them. */
export async function listMutants(
  only: string | undefined,
  print: (line: string) => void,
): Promise<MutantsOutcome> {
  const { solution, all, chosen, explanations } = await find(only);
  const results = chosen.map((mutant) => ({
    ...{ mutant, verdict: null, explained: explanations.of(mutant) },
  }));
  for (const result of results) print(listLine(result));
  const stale = explanations.stale(all);
  for (const one of stale) print(`survivors.json explains what is no mutant: ${one}`);
  const report = mutationReport({ results, stale }, solution);
  return { exitCode: stale.length === 0 ? 0 : 1, json: `${JSON.stringify(report, null, 2)}\n` };
}

async function find(only: string | undefined) {
  const solution = solutionFiles();
  const all = await mutantsOf(solution, studentFilesAmong(solution.keys()));
  const explanations = new Explanations(readExplanations());
  return { solution, all, chosen: choose(all, only), explanations };
}

/** Throws a UsageError when there are none at one of the places. */
function choose(all: readonly Mutant[], only: string | undefined): Mutant[] {
  if (only === undefined) return [...all];
  const chosen = new Set(only.split(',').flatMap((place) => mutantsAt(all, place)));
  return all.filter((mutant) => chosen.has(mutant));
}

function mutantsAt(all: readonly Mutant[], place: string): Mutant[] {
  const [, file = '', line] = /^(.*?)(?::(\d+))?$/.exec(place) ?? [];
  const ofFile = all.filter((mutant) => mutant.file === file);
  if (ofFile.length === 0) {
    throw new UsageError(`--only: expected a file of the solution with mutants in it, got ${file}`);
  }
  const ofLine = ofFile.filter((mutant) => line === undefined || mutant.line === Number(line));
  if (ofLine.length === 0) throw new UsageError(`--only: nothing is mutated in ${place}`);
  return ofLine;
}

/** Works off the items, in each lane one at a time; the results in the order of the items. */
async function inLanes<L, T, R>(
  lanes: readonly L[],
  items: readonly T[],
  work: (item: T, lane: L) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const follow = async (lane: L) => {
    while (next < items.length) {
      const i = next;
      next += 1;
      results[i] = await work(items[i] as T, lane);
    }
  };
  await Promise.all(lanes.map(follow));
  return results;
}
