/**
 * Notes of earlier runs, a line of JSON each, so that a run that was ended goes on where it stopped.
 * A verdict holds as long as nothing changes that takes part in a run; after that it still tells
 * which scenario to try first.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../../suite/scenario/scenario';
import type { Baseline, MutantVerdict } from './judge';

const projectRoot = path.join(__dirname, '../..');

type Line =
  | {
      readonly world: string;
      readonly maxSeeds: number;
      readonly baseline: readonly [string, Baseline][];
    }
  | { readonly world: string; readonly mutant: string; readonly verdict: MutantVerdict };

export class Notes {
  private readonly file: string;
  private readonly world: string;
  private readonly verdicts = new Map<string, MutantVerdict>();
  private readonly older = new Map<string, MutantVerdict>();
  private readonly baselines = new Map<number, ReadonlyMap<string, Baseline>>();

  /** `world` names what takes part in each run: see `worldOf`. */
  constructor(file: string, world: string) {
    this.file = file;
    this.world = world;
    for (const line of linesOf(file)) this.learn(line);
  }

  /** The result of the solution itself with this many seeds. */
  baseline(maxSeeds: number): ReadonlyMap<string, Baseline> | undefined {
    return this.baselines.get(maxSeeds);
  }

  noteBaseline(maxSeeds: number, baseline: ReadonlyMap<string, Baseline>): void {
    this.add({ world: this.world, maxSeeds, baseline: [...baseline] });
  }

  /** The verdict on a mutant, if nothing has changed since; with how many seeds is up to it. */
  verdict(mutant: string): MutantVerdict | undefined {
    return this.verdicts.get(mutant);
  }

  /** The scenario that killed it when something was different. */
  lastKill(mutant: string): MutantVerdict['kill'] {
    return this.older.get(mutant)?.kill ?? null;
  }

  note(mutant: string, verdict: MutantVerdict): void {
    this.add({ world: this.world, mutant, verdict });
  }

  private add(line: Line): void {
    this.learn(line);
    mkdirSync(path.dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  private learn(line: Line): void {
    const isOurs = line.world === this.world;
    if ('mutant' in line) (isOurs ? this.verdicts : this.older).set(line.mutant, line.verdict);
    else if (isOurs) this.baselines.set(line.maxSeeds, new Map(line.baseline));
  }
}

function linesOf(file: string): Line[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Line];
    } catch {
      // The last line of a run that was ended while it wrote.
      return [];
    }
  });
}

const foldersOfRuns = [
  ...['runtime', 'viewservice', 'pbservice', 'client', 'judging', 'worlds', 'suite', 'labtests'],
];

/** Names the code that takes part in runs of these: the same name, the same verdicts. */
export function worldOf(scenarios: readonly Pick<Scenario, 'id'>[]): string {
  const hash = createHash('sha256').update(scenarios.map(({ id }) => id).join());
  for (const folder of foldersOfRuns) {
    const names = readdirSync(path.join(projectRoot, folder), {
      recursive: true,
      encoding: 'utf8',
    });
    for (const name of names.map((one) => one.replaceAll(path.sep, '/')).sort()) {
      if (!/\.(ts|cjs)$/.test(name) || name.endsWith('.test.ts')) continue;
      if (/^(zoo|mutants)\//.test(name) && folder === 'labtests') continue;
      hash.update(`\0${folder}/${name}\0`);
      hash.update(readFileSync(path.join(projectRoot, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
