/** In which order a mutant meets the scenarios: first those that kill its neighbours, and quickly. */
import type { Scenario } from '../../suite/scenario/scenario';
import type { Mutant } from './mutate';

type Place = Pick<Mutant, 'file' | 'line'>;

export class Killers {
  private readonly costMs: ReadonlyMap<string, number>;
  private readonly kills: { readonly place: Place; readonly scenario: string }[] = [];

  /** `costMs` tells how long each scenario takes. */
  constructor(costMs: ReadonlyMap<string, number>) {
    this.costMs = costMs;
  }

  /** A scenario killed a mutant at this place. */
  note({ file, line }: Place, scenario: string): void {
    this.kills.push({ place: { file, line }, scenario });
  }

  /** The scenarios in which the file of the mutant runs, the most promising first. */
  inOrder(mutant: Place, scenarios: readonly Scenario[]): Scenario[] {
    // In part A a solution is its view service.
    const isViewService = mutant.file.startsWith('viewservice/');
    const value = new Map<string, number>();
    for (const { place, scenario } of this.kills) {
      if (place.file !== mutant.file) continue;
      const weight = 1 / (1 + Math.abs(place.line - mutant.line));
      value.set(scenario, (value.get(scenario) ?? 0) + weight);
    }
    const promise = ({ id, part }: Scenario) =>
      // Part A asks the view service alone, so it is the first to look at it.
      ((value.get(id) ?? 0) + (isViewService && part === 'A' ? 0.1 : 0.01)) /
      (this.costMs.get(id) ?? 1_000);
    return scenarios
      .filter(({ part }) => part === 'B' || isViewService)
      .map((scenario) => ({ scenario, promise: promise(scenario) }))
      .sort((a, b) => b.promise - a.promise)
      .map(({ scenario }) => scenario);
  }
}
