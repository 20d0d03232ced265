/** The part of a report that its student may see: hidden scenarios count, but nothing else is said of them. */
import { anomaliesIn } from '../anomalies';
import type { Report } from '../schema';
import type { RenderOptions } from './options';

export interface StudentView {
  /** The sums are those of the whole report; scenarios and incidents are only the visible ones. */
  readonly report: Report;
  /** How many scenarios are left out, and what they are worth. */
  readonly hidden: { readonly scenarios: number; readonly points: number };
}

export function studentView(report: Report, { hidden = 'hidden' }: RenderOptions): StudentView {
  if (hidden === 'visible') return { report, hidden: { scenarios: 0, points: 0 } };
  const secret = report.parts
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ visibility }) => visibility === 'hidden');
  const ids = new Set(secret.map(({ id }) => id));
  const parts = report.parts.map((part) => ({
    ...part,
    ...(part.harms && {
      harms: part.harms.map((harm) => ({
        ...{ ...harm, scenarios: harm.scenarios.filter((id) => !ids.has(id)) },
      })),
    }),
    scenarios: part.scenarios.filter(({ id }) => !ids.has(id)),
  }));
  const incidents = report.incidents?.filter(
    ({ scenario }) => scenario === undefined || !ids.has(scenario),
  );
  const { anomalies: _ofAll, ...rest } = report;
  const anomalies = anomaliesIn(parts.flatMap(({ scenarios }) => scenarios));
  return {
    report: {
      ...{ ...rest, parts, ...(incidents && { incidents }) },
      ...(anomalies.length > 0 && { anomalies }),
    },
    hidden: {
      scenarios: secret.length,
      points: secret.reduce((sum, { points }) => sum + points, 0),
    },
  };
}
