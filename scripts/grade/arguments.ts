import { allScenarios } from '../../labtests/catalogue';
import { UsageError } from '../../runtime/terminal/exit';

/** Makes the check of an option that takes the ids of scenarios. */
export function scenarioIds(option: string) {
  return (given: unknown): readonly string[] | undefined => {
    if (given === undefined) return undefined;
    const known = new Set(allScenarios().map(({ id }) => id));
    const ids = String(given)
      .split(',')
      .map((id) => id.trim());
    const unknown = ids.find((id) => !known.has(id));
    if (unknown === undefined) return ids;
    throw new UsageError(
      `--${option}: expected ids of scenarios with commas between them, for instance A1,B9c, ` +
        `got ${JSON.stringify(unknown)}`,
    );
  };
}
