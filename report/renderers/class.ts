/** Many hand-ins together: what a table of a class is made of. */
import type { Part } from '../../suite/scenario/scenario';
import type { Report, ScenarioReport } from '../schema';

/** One hand-in: its report, or why there is none. */
export type HandIn =
  | { readonly name: string; readonly report: Report }
  | { readonly name: string; readonly error: string };

/** A scenario, and what the class made of it. */
export interface ScenarioSummary extends Pick<ScenarioReport, 'id' | 'part' | 'name' | 'points'> {
  readonly hidden: boolean;
  /** How many hand-ins were to run it. */
  readonly of: number;
  readonly passed: number;
  /** How many of the others did not run it, or met a failure of the framework. */
  readonly unknown: number;
}

export function reportsOf(handIns: readonly HandIn[]): Report[] {
  return handIns.flatMap((handIn) => ('report' in handIn ? [handIn.report] : []));
}

/** The parts that any of the reports has. */
export function partsOf(reports: readonly Report[]): Part[] {
  return [...new Set(reports.flatMap(({ parts }) => parts.map(({ part }) => part)))].sort();
}

/** All scenarios of all reports, part by part, in the order in which they first come. */
export function scenarioSummaries(reports: readonly Report[]): ScenarioSummary[] {
  const found = new Map<string, ScenarioSummary>();
  for (const scenario of reports.flatMap(scenariosOf)) {
    const { id, part, name, points, passed, visibility } = scenario;
    const first = { id, part, name, points, hidden: false, of: 0, passed: 0, unknown: 0 };
    const known = found.get(id) ?? first;
    found.set(id, {
      ...known,
      hidden: known.hidden || visibility === 'hidden',
      of: known.of + 1,
      passed: known.passed + (passed === true ? 1 : 0),
      unknown: known.unknown + (passed === null ? 1 : 0),
    });
  }
  const all = [...found.values()];
  return partsOf(reports).flatMap((part) => all.filter((one) => one.part === part));
}

export function scenariosOf({ parts }: Report): ScenarioReport[] {
  return parts.flatMap(({ scenarios }) => scenarios);
}

/** A whole number from 0 to 100; nothing of nothing is 0. */
export function percentOf(some: number, all: number): number {
  return all === 0 ? 0 : Math.floor((100 * some) / all);
}
