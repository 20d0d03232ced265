/** The table of a report: which anomalies did this server show, and in which run is each one shortest. */

import { type AnomalyKind, anomalyKinds } from '../judging/anomaly';
import type { Paint } from '../runtime/terminal/colour';
import type { Anomaly, ScenarioReport } from './schema';

/** The number of scenarios named that show the same anomaly; the rest is counted. */
const shownIds = 6;

/** The anomalies of these scenarios, in the order of their table; what passed shows none. */
export function anomaliesIn(scenarios: readonly ScenarioReport[]): Anomaly[] {
  return (Object.keys(anomalyKinds) as AnomalyKind[]).flatMap((kind) => {
    // What nobody can replay, as in the real world, is not in the table.
    const shown = showing(kind, scenarios).filter(({ schedule }) => schedule !== undefined);
    const [shortest] = [...shown].sort((a, b) => lengthOf(a) - lengthOf(b));
    if (shortest?.schedule === undefined) return [];
    return [{ kind, schedule: shortest.schedule, scenarios: shown.map(({ id }) => id) }];
  });
}

/** The scenarios that show it. */
export function showing(kind: AnomalyKind, scenarios: readonly ScenarioReport[]): ScenarioReport[] {
  return scenarios.filter(({ passed, failure }) => {
    if (passed !== false || failure === undefined) return false;
    if (kind === 'stuck after heal' && failure.kind === 'stuck') return true;
    return failure.anomalies?.includes(kind) ?? false;
  });
}

function lengthOf({ lengthMs }: ScenarioReport): number {
  return lengthMs ?? Number.POSITIVE_INFINITY;
}

/** The table in plain lines; none without an anomaly. */
export function renderAnomalies(scenarios: readonly ScenarioReport[], paint: Paint): string[] {
  const all = anomaliesIn(scenarios);
  if (all.length === 0) return [];
  const wide = Math.max(...all.map(({ kind }) => kind.length));
  const long = Math.max(...all.map(({ schedule }) => schedule.length));
  return [
    paint('bold', 'Anomalies that these servers showed, each with its shortest run:'),
    ...all.map(({ kind, schedule, scenarios: ids }) => {
      const line = `  ${kind.padEnd(wide)}  npm run replay -- ${schedule.padEnd(long)}`;
      return `${line}${paint('dim', `  in ${listed(ids)}`)}`;
    }),
  ];
}

/** `B4, B5 and 3 more`. */
export function listed(ids: readonly string[]): string {
  const more = ids.length - shownIds;
  const names = ids.slice(0, shownIds).join(', ');
  return `${names}${more > 0 ? ` and ${more} more` : ''}`;
}
