/** The points that each wrong solution loses, and the clauses that they break. */
import { partReport, pending, reportOn } from '../../report/report';
import { allScenarios } from '../catalogue';
import { labOf, labs } from '../labs';
import type { Catch, WrongSolutionResult } from './grade';
import type { WrongSolution } from './wrong-solutions';

/** The scenarios of plain failover: servers die, one after the other, and the network is sound. */
export const plainFailover: readonly string[] = ['B4', 'B5', 'B6', 'B7'];

export interface PointsLost {
  /** What its hand-in would lose, of the points of the parts whose scenarios it met. */
  readonly lost: number;
  /** What the scenarios that it fails are worth. */
  readonly byScenarios: number;
}

/** What it did not meet counts as passed. */
export function pointsLost({ catches, passed }: WrongSolutionResult): PointsLost {
  const met = new Set([...passed, ...catches.map(({ scenario }) => scenario)].map((id) => id[0]));
  const parts = labs.filter(({ part }) => met.has(part)).map(({ part }) => partWith(part, catches));
  const sum = (of: (part: (typeof parts)[number]) => number) =>
    parts.reduce((all, part) => all + of(part), 0);
  return {
    lost: sum(({ maxScore, score }) => maxScore - score),
    byScenarios: sum(({ maxScore, earned }) => maxScore - earned),
  };
}

function partWith(part: string, catches: readonly Catch[]) {
  const nothing = { runs: 1, delivered: 0, wallMs: 0, trace: [], history: [] };
  const scenarios = allScenarios().filter((scenario) => scenario.part === part);
  return partReport(
    labOf(part),
    scenarios.map((scenario) => {
      const found = catches.find((one) => one.scenario === scenario.id);
      return found === undefined
        ? { ...pending(scenario), passed: true, runs: 1 }
        : reportOn(scenario, { ...nothing, seed: found.seed, failure: found.failure });
    }),
  );
}

/** The medians of all wrong solutions, and of those that a scenario of plain failover caught. */
export function pointsReport(results: readonly WrongSolutionResult[]) {
  const plain = results.filter(({ catches }) =>
    catches.some(({ scenario }) => plainFailover.includes(scenario)),
  );
  return {
    ...mediansOf(results),
    plainFailover: { scenarios: plainFailover, broken: plain.length, ...mediansOf(plain) },
  };
}

function mediansOf(results: readonly WrongSolutionResult[]) {
  const all = results.map(pointsLost);
  return {
    medianLost: median(all.map(({ lost }) => lost)),
    medianLostByScenarios: median(all.map(({ byScenarios }) => byScenarios)),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** Each clause, and the wrong solutions that break it. */
export function brokenClauses(solutions: readonly WrongSolution[]) {
  const clauses = labs.flatMap((lab) => lab.contract?.clauses() ?? []);
  return clauses.map(({ id }) => ({
    clause: id,
    brokenBy: solutions.filter(({ breaks }) => breaks === id).map(({ name }) => name),
  }));
}
