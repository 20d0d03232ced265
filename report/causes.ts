/**
 * Causes of failures: failures that have in common what is broken are told once, by the simplest run, and the others
 * are named. One bug often fails twenty scenarios.
 */
import type { ScenarioReport } from './schema';

export interface CauseGroup {
  /** The simplest of its failures. */
  readonly shown: ScenarioReport;
  readonly others: readonly ScenarioReport[];
}

/** How many of the others are named; the rest is counted. */
const mostNamed = 12;

/** The causes of these failures, the one first that costs most. */
export function causesIn(failed: readonly ScenarioReport[]): CauseGroup[] {
  const groups = new Map<string, ScenarioReport[]>();
  for (const report of failed) {
    const key = keyOf(report);
    groups.set(key, [...(groups.get(key) ?? []), report]);
  }
  return [...groups.values()]
    .map((group) => ({ group, points: group.reduce((sum, { points }) => sum + points, 0) }))
    .sort((a, b) => byPart(a.group, b.group) || b.points - a.points)
    .flatMap(({ group }) => {
      const [shown, ...others] = group.toSorted(bySimplicity);
      return shown === undefined ? [] : [{ shown, others }];
    });
}

/** What an earlier part builds is broken for the later ones, too. */
function byPart([a]: readonly ScenarioReport[], [b]: readonly ScenarioReport[]): number {
  return (a?.part ?? '').localeCompare(b?.part ?? '');
}

/** Which others failed of the same cause, and how to see them; undefined: none. */
export function othersOf({ shown, others }: CauseGroup): string | undefined {
  if (others.length === 0) return undefined;
  const named = others.slice(0, mostNamed).map(({ id, schedule = id }) => schedule);
  const left = others.length - named.length;
  const all = `${named.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
  const what =
    shown.failure?.inSetUp && shown.failure.breach === undefined
      ? 'which could not begin either'
      : isOneRule(shown)
        ? 'which break the same rule'
        : 'with the same outcome';
  return `${others.length} ${others.length === 1 ? 'other' : 'others'}, ${what}: ${all}`;
}

function isOneRule({ failure, guidance }: ScenarioReport): boolean {
  return failure?.breach !== undefined || guidance?.clause !== undefined;
}

/** Without other faults than crashed servers first, then in the plain setting, then the shortest run. */
function bySimplicity(a: ScenarioReport, b: ScenarioReport): number {
  const faults = ({ failure }: ScenarioReport) => (failure?.plainFailover ? 0 : 1);
  const settings = ({ failure }: ScenarioReport) => (failure?.setting === undefined ? 0 : 1);
  const length = ({ lengthMs = Number.MAX_SAFE_INTEGER }: ScenarioReport) => lengthMs;
  return faults(a) - faults(b) || settings(a) - settings(b) || length(a) - length(b);
}

/** Equal for failures of one cause, as far as the report tells causes apart. */
function keyOf({ failure, guidance, passed }: ScenarioReport): string {
  if (failure === undefined) return 'did not run';
  const { kind, breach, component, anomalies = [], expected, actual, inSetUp } = failure;
  const words = `${kind}: ${likeness(expected)}, ${likeness(actual)}`;
  if (passed === null) return words;
  // Whichever node it was in.
  if (kind === 'broken code' || kind === 'did not settle') {
    return `${kind}: ${likeness(actual.replace(/^\S+ /, ''))}`;
  }
  if (breach !== undefined) return `breach ${breach}`;
  if (inSetUp) return 'set-up';
  if (guidance?.clause !== undefined) return `clause ${guidance.clause}`;
  const [anomaly] = anomalies;
  return anomaly === undefined ? words : `${anomaly} ${component ?? ''}`;
}

/** Words without what differs from run to run: numbers, and names that have some. */
function likeness(text: string): string {
  // Word by word: one pattern for both would look through a long word once for each of its letters.
  return text.replace(/\S+/g, (word) => (/\d/.test(word) ? '#' : word));
}
