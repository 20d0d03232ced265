/** The summary of the zoo: totals, tables, and the scenarios that call for attention. */
import { allScenarios } from '../catalogue';
import {
  type Catch,
  isExplained,
  meantCatch,
  type WrongSolutionResult,
  type ZooResult,
} from './grade';
import { brokenClauses, pointsLost, pointsReport } from './points';

export interface Totals {
  readonly wrong: number;
  /** Caught by a scenario that is meant for it. */
  readonly caught: number;
  readonly right: number;
  /** Without a single failure. */
  readonly passed: number;
}

/** How long it took: by the clock, and on processors. */
export interface Took {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export function zooTotals({ wrong, right }: ZooResult): Totals {
  return {
    wrong: wrong.length,
    caught: wrong.filter((result) => meantCatch(result) !== undefined).length,
    right: right.length,
    passed: right.filter(({ failures }) => failures.length === 0).length,
  };
}

/** Every wrong solution is caught and explained, every right one passes. */
export function isZooCaught(result: ZooResult): boolean {
  const { wrong, caught, right, passed } = zooTotals(result);
  return caught === wrong && passed === right && result.wrong.every(isExplained);
}

/** The output of `--json`: the totals first. */
export function zooReport(result: ZooResult, { seconds, cpuSeconds }: Took) {
  return {
    ...zooTotals(result),
    ...timesOf(result.wrong),
    tookSeconds: rounded(seconds),
    cpuSeconds: rounded(cpuSeconds),
    lonely: lonely(result.wrong),
    idleScenarios: idleScenarios(result.wrong),
    blind: blind(result.wrong),
    points: pointsReport(result.wrong),
    clauses: brokenClauses(result.wrong.map(({ solution }) => solution)),
    wrongSolutions: result.wrong.map((one) => ({
      name: one.solution.name,
      area: one.solution.area,
      bug: one.solution.bug,
      breaks: one.solution.breaks,
      points: pointsLost(one),
      meant: one.solution.meant,
      caught: meantCatch(one) !== undefined,
      explained: isExplained(one),
      catches: one.catches.map(catchReport),
    })),
    rightSolutions: result.right.map(({ solution, failures, runs }) => ({
      name: solution.name,
      design: solution.design,
      runs,
      failures: failures.map(catchReport),
    })),
  };
}

function catchReport({ scenario, seed, seconds, failure }: Catch) {
  const { kind, expected, actual, anomalies, plainFailover } = failure;
  const about = { scenario, seed, seconds: rounded(seconds) };
  return { ...about, kind, expected, actual, anomalies, plainFailover };
}

/** Seconds to the catch by a scenario that is meant for it: the median, and the longest. */
function timesOf(results: readonly WrongSolutionResult[]) {
  const all = results.flatMap((one) => meantCatch(one)?.seconds ?? []).sort((a, b) => a - b);
  const median = all[Math.floor(all.length / 2)] ?? 0;
  return { medianSeconds: rounded(median), longestSeconds: rounded(all.at(-1) ?? 0) };
}

/** Wrong solutions that a single scenario caught: one change of it, and they pass. */
function lonely(results: readonly WrongSolutionResult[]): { name: string; scenario: string }[] {
  return results.flatMap(({ solution, catches }) => {
    const [only, ...others] = catches;
    if (only === undefined || others.length > 0) return [];
    return [{ name: solution.name, scenario: only.scenario }];
  });
}

/** Scenarios that caught nothing at all of what they met. */
function idleScenarios(results: readonly WrongSolutionResult[]): string[] {
  const met = new Set(results.flatMap(({ passed }) => passed));
  const caught = new Set(results.flatMap(({ catches }) => catches.map(({ scenario }) => scenario)));
  return allScenarios()
    .map(({ id }) => id)
    .filter((id) => met.has(id) && !caught.has(id));
}

/** Wrong solutions that a scenario should have caught, and did not. */
function blind(results: readonly WrongSolutionResult[]): { name: string; scenario: string }[] {
  return results.flatMap(({ solution, passed }) =>
    solution.meant
      .filter((id) => passed.includes(id))
      .map((scenario) => ({ name: solution.name, scenario })),
  );
}

/** A line about a wrong solution that was just graded. */
export function wrongLine(result: WrongSolutionResult): string {
  const { solution, catches } = result;
  const found = meantCatch(result);
  if (found === undefined) {
    const others = catches.map(({ scenario }) => scenario).join(', ') || 'nothing';
    return `NOT CAUGHT  ${solution.name}: meant for it ${solution.meant.join(', ')}; caught by ${others}`;
  }
  const why = isExplained(result) ? '' : `  NOT EXPLAINED: ${saidInstead(result)}`;
  const all = catches.map(({ scenario }) => scenario).join(' ');
  const how = `${found.scenario}:${found.seed} in ${found.seconds.toFixed(1)} s`;
  return `caught  ${solution.name}  ${how}  (${all})${why}`;
}

function saidInstead({ solution, catches }: WrongSolutionResult): string {
  const [first] = solution.meant;
  const failure = catches.find(({ scenario }) => scenario === first)?.failure;
  if (failure === undefined) return `${first} passes`;
  return `${first} says (${failure.kind}) ${failure.actual}`;
}

/** The text at the end. */
export function zooSummary(result: ZooResult, { seconds, cpuSeconds }: Took): string {
  const { wrong, caught, right, passed } = zooTotals(result);
  const { medianSeconds, longestSeconds } = timesOf(result.wrong);
  const alone = lonely(result.wrong).map(({ name, scenario }) => `  ${name} (${scenario})`);
  const idle = idleScenarios(result.wrong);
  const missed = blind(result.wrong).map(({ name, scenario }) => `  ${name} (${scenario})`);
  const lost = result.right.flatMap(({ solution, failures }) =>
    failures.map(
      ({ scenario, seed, failure }) =>
        `  ${solution.name} fails ${scenario}:${seed}: expected ${failure.expected}, got ${failure.actual}`,
    ),
  );
  const { medianLost, plainFailover } = pointsReport(result.wrong);
  return [
    ...section('Caught by one scenario only', alone),
    ...section('Scenarios that caught nothing', idle.length === 0 ? [] : [`  ${idle.join(' ')}`]),
    ...section('Passed a scenario that is meant to catch them', missed),
    ...section('Right solutions that lose points', lost),
    `${caught} of ${wrong} wrong solutions caught, ${passed} of ${right} right ones pass, ` +
      `in ${seconds.toFixed(0)} s (${cpuSeconds.toFixed(0)} s of processors); time to catch: median ${medianSeconds} s, longest ${longestSeconds} s`,
    `Points lost by wrong solutions: median ${medianLost}; by the ${plainFailover.broken} that break plain failover ` +
      `(${plainFailover.scenarios.join(', ')}): ${plainFailover.medianLost}`,
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines, ''];
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
