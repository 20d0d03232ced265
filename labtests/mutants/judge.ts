/** Runs solutions with one mutant each until a scenario fails: the mutant is killed, or it survives. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../../judging/failure';
import { compile } from '../../runtime/typescript.cjs';
import type { Scenario } from '../../suite/scenario/scenario';
import { type BrokenSolution, writeSolution } from '../broken-solutions/broken-solution';
import type { WorkerPool } from '../workers/pool';
import type { Sources } from '../zoo/entry';
import type { Killers } from './killers';
import type { Mutant } from './mutate';

/** A scenario and the seed with which it failed. */
export interface Kill {
  readonly scenario: string;
  readonly seed: number;
  readonly kind: Failure['kind'];
  readonly expected: string;
  readonly actual: string;
}

export interface MutantVerdict {
  /** null: it survived. */
  readonly kill: Kill | null;
  /**
   * Of a survivor: the scenarios in which other messages were delivered than without it. None does
   * not prove that the mutant is equivalent, but it is where to begin.
   */
  readonly differs: readonly string[];
  /** Of a survivor: it passed with the seeds from 1 to this one, where a scenario has so many. */
  readonly seeds: number;
  readonly seconds: number;
}

/** The result of a scenario with the solution itself. */
export interface Baseline {
  /** Messages delivered, with the first seeds and with the others. */
  readonly delivered: readonly [number, number];
  readonly ms: number;
}

/** With so many seeds a mutant meets all scenarios before it meets any of them with the others. */
export const firstSeeds = 3;

export interface MutantJudge {
  readonly pool: WorkerPool;
  readonly scenarios: readonly Scenario[];
  /** The most seeds for a scenario. */
  readonly maxSeeds: number;
}

/**
 * A copy of the solution in which one mutant after the other takes its turn. The other files keep
 * their paths, so that they are compiled once.
 */
export class Stand {
  readonly root: string;
  private readonly solution: Sources;
  private readonly copy: BrokenSolution;

  constructor(solution: Sources) {
    this.solution = solution;
    this.copy = writeSolution(solution);
    this.root = this.copy.root;
  }

  async with<T>({ file, mutated }: Mutant, use: () => Promise<T>): Promise<T> {
    const full = path.join(this.root, file);
    writeFileSync(full, mutated);
    try {
      // Here rather than in the threads: each of them would have to load the compiler.
      compile(mutated, full);
      return await use();
    } finally {
      writeFileSync(full, this.solution.get(file) ?? '');
    }
  }

  remove(): void {
    this.copy.remove();
  }
}

/** The seeds of the first round, and those of the second. */
function roundsOf({ seeds }: Scenario, maxSeeds: number): [number[], number[]] {
  const all = Array.from({ length: Math.min(seeds, maxSeeds) }, (_, i) => i + 1);
  return [all.slice(0, firstSeeds), all.slice(firstSeeds)];
}

/** Runs the solution itself. Throws an Error when it fails, for then a mutant's failure says nothing. */
export async function baselineOf(judge: MutantJudge, root: string): Promise<Map<string, Baseline>> {
  const { pool, scenarios, maxSeeds } = judge;
  const entries = scenarios.map(async (scenario) => {
    const delivered: [number, number] = [0, 0];
    let ms = 0;
    for (const [i, seeds] of roundsOf(scenario, maxSeeds).entries()) {
      if (seeds.length === 0) continue;
      const result = await pool.run({ scenario: scenario.id, seeds, root });
      if (result.failure !== null) {
        const { expected, actual } = result.failure;
        const run = `${scenario.id}:${result.seed}`;
        throw new Error(`the solution itself fails ${run}: expected ${expected}, got ${actual}`);
      }
      delivered[i] = result.delivered;
      ms += result.wallMs;
    }
    return [scenario.id, { delivered, ms }] as const;
  });
  return new Map(await Promise.all(entries));
}

export interface Knowledge {
  readonly baseline: ReadonlyMap<string, Baseline>;
  readonly killers: Killers;
  /** The scenario that killed this mutant when it ran the last time. */
  readonly lastKill: { readonly scenario: string; readonly seed: number } | undefined;
  /** The verdict of the scenarios that it survived already. */
  readonly survived: MutantVerdict | undefined;
}

/** Runs the mutant that has its turn on the stand. */
export async function judgeMutant(
  { pool, scenarios, maxSeeds }: MutantJudge,
  root: string,
  mutant: Mutant,
  { baseline, killers, lastKill, survived }: Knowledge,
): Promise<MutantVerdict> {
  const startedAt = performance.now();
  const differs = new Set(survived?.differs);
  const verdict = (kill: Kill | null): MutantVerdict => ({
    kill,
    differs: [...differs],
    seeds: maxSeeds,
    seconds: (performance.now() - startedAt) / 1_000,
  });
  /** The verdict, if one of these runs fails. */
  const meet = async (scenario: string, seeds: readonly number[], delivered?: number) => {
    const result = await pool.run({ scenario, seeds, root });
    if (result.failure === null) {
      if (delivered !== undefined && result.delivered !== delivered) differs.add(scenario);
      return undefined;
    }
    killers.note(mutant, scenario);
    const { kind, expected, actual } = result.failure;
    return verdict({ scenario, seed: result.seed, kind, expected, actual });
  };

  if (lastKill !== undefined && scenarios.some(({ id }) => id === lastKill.scenario)) {
    const found = await meet(lastKill.scenario, [lastKill.seed]);
    if (found !== undefined) return found;
  }
  const isTried = [(survived?.seeds ?? 0) >= firstSeeds, maxSeeds <= firstSeeds];
  for (const round of [0, 1] as const) {
    if (isTried[round]) continue;
    for (const scenario of killers.inOrder(mutant, scenarios)) {
      const seeds = roundsOf(scenario, maxSeeds)[round];
      if (seeds.length === 0) continue;
      const { id } = scenario;
      const found = await meet(id, seeds, baseline.get(id)?.delivered[round]);
      if (found !== undefined) return found;
    }
  }
  return verdict(null);
}
