/** Points follow harm: the worst that any run of a part shows costs its points at least, however few scenarios show it. */
import type { AnomalyKind } from '../judging/anomaly';
import type { HarmCost, PartInfo } from '../suite/scenario/scenario';
import { listed, showing } from './anomalies';
import type { PartReport, ScenarioReport } from './schema';
import { maxScoreOf, scoreOf } from './score';

export type Harm = NonNullable<PartReport['harms']>[number];
type Sums = Pick<PartReport, 'earned' | 'score' | 'maxScore'>;

/** The harms of a part, and which of these scenarios show each; where only some of its scenarios run, their share of it. */
export function harmsOf(
  { harms = {}, points = 0 }: PartInfo,
  scenarios: readonly ScenarioReport[],
): Harm[] {
  const maxScore = maxScoreOf(scenarios);
  const costing = (harm: Omit<Harm, 'scenarios'>): Harm => ({
    ...{ ...harm, points: Math.min(maxScore, Math.ceil((harm.points * maxScore) / points)) },
    scenarios: showingHarm(harm, scenarios),
  });
  const table = Object.entries(harms) as [AnomalyKind, HarmCost][];
  return table.flatMap(([kind, cost]) =>
    typeof cost === 'number'
      ? [costing({ kind, points: cost })]
      : [
          costing({ kind, in: 'plain failover', points: cost[0] }),
          costing({ kind, in: 'other runs', points: cost[1] }),
        ],
  );
}

/** The ids of the scenarios that show this harm. */
export function showingHarm(
  { kind, in: where }: Pick<Harm, 'kind' | 'in'>,
  scenarios: readonly ScenarioReport[],
): string[] {
  return showing(kind, scenarios)
    .filter(({ failure }) => {
      const seen = failure?.plainFailover === true ? 'plain failover' : 'other runs';
      return where === undefined || where === seen;
    })
    .map(({ id }) => id);
}

/** The sums of a part. One bug shows in many ways, so that only the worst is charged, and once. */
export function sumsOf(scenarios: readonly ScenarioReport[], harms: readonly Harm[] = []): Sums {
  const earned = scoreOf(scenarios);
  const maxScore = maxScoreOf(scenarios);
  const left = maxScore - (worstOf(harms)?.points ?? 0);
  return { earned, score: Math.max(0, Math.min(earned, left)), maxScore };
}

function worstOf(harms: readonly Harm[]): Harm | undefined {
  const shown = harms.filter(({ scenarios }) => scenarios.length > 0);
  return shown.reduce<Harm | undefined>(
    (worst, one) => (worst === undefined || one.points > worst.points ? one : worst),
    undefined,
  );
}

/** Why a part has fewer points than its scenarios that passed; undefined when it has as many. */
export function harmLine({ earned, score, maxScore, harms = [] }: PartReport): string | undefined {
  if (score === earned) return undefined;
  const so = `so ${score}/${maxScore} (without that ${earned}/${maxScore})`;
  const worst = worstOf(harms);
  // Students do not see what hidden scenarios show.
  if (worst === undefined || maxScore - worst.points > score)
    return `What hidden scenarios show costs at least ${maxScore - score} points, ${so}`;
  const { kind, points, scenarios } = worst;
  const where = worst.in === 'plain failover' ? ' in a plain failover' : '';
  const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${where}`;
  const least = `costs at least ${points} ${points === 1 ? 'point' : 'points'}`;
  return `${name}, shown by ${listed(scenarios)}: ${least}, ${so}`;
}

/** The lines of several parts, each with its letter. */
export function harmLines(parts: readonly PartReport[]): string[] {
  return parts.flatMap((part) => {
    const line = harmLine(part);
    return line === undefined ? [] : [`Part ${part.part}: ${line}`];
  });
}
