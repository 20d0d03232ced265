/** The one place where points are added up. */
import type { PartReport, ScenarioReport } from './schema';

type Scored = Pick<ScenarioReport, 'passed' | 'points'>;

/** A scenario that has not been proved to pass has not passed. */
export function scoreOf(scenarios: readonly Scored[]): number {
  return scenarios.reduce((sum, { passed, points }) => sum + (passed === true ? points : 0), 0);
}

export function maxScoreOf(scenarios: readonly Pick<Scored, 'points'>[]): number {
  return scenarios.reduce((sum, { points }) => sum + points, 0);
}

export function totalsOf(parts: readonly PartReport[]): Pick<PartReport, 'score' | 'maxScore'> {
  return {
    score: parts.reduce((sum, part) => sum + part.score, 0),
    maxScore: parts.reduce((sum, part) => sum + part.maxScore, 0),
  };
}
