import { allScenarios } from '../../labtests/catalogue';
import { hiddenVisibilities } from '../../labtests/harness/report/renderers';
import { wholeNumber } from '../../runtime/terminal/arguments';
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

/** What is graded, and what students see of it: the same for a hand-in and for a packaged grader. */
export const gradingOptions = {
  part: { describe: 'One part alone', choices: ['A', 'B'] as const, requiresArg: true },
  only: {
    describe: 'These scenarios alone, for instance A1,B9c',
    requiresArg: true,
    coerce: scenarioIds('only'),
  },
  hide: {
    describe: 'Scenarios that students do not see, for instance B9c,B30',
    requiresArg: true,
    coerce: scenarioIds('hide'),
  },
  'hidden-until': {
    describe: 'When students see the hidden ones, in the words of Gradescope; never unless told',
    choices: hiddenVisibilities,
    requiresArg: true,
  },
  seed: {
    describe: 'What the fresh seeds are drawn from; another one each time, unless told',
    requiresArg: true,
    coerce: wholeNumber('seed', { min: 0, max: 2 ** 31 }),
  },
} as const;
