import { usualProcessorSeconds } from '../../grading/job';
import { allScenarios, everyScenario } from '../../labtests/catalogue';
import { gradableParts, gradedParts } from '../../labtests/labs';
import { hiddenVisibilities } from '../../report/renderers';
import { messageOf } from '../../runtime/errors';
import { wholeNumber } from '../../runtime/terminal/arguments';
import { UsageError } from '../../runtime/terminal/exit';
import type { Part } from '../../suite/scenario/scenario';
import { scenariosNamed, select, skipOption } from '../../suite/scenario/selection';

/** Makes the check of an option that takes scenarios, cases and parts: their ids. */
export function scenarioIds(option: string) {
  return (given: unknown): readonly string[] | undefined => {
    if (given === undefined) return undefined;
    try {
      return scenariosNamed(everyScenario(), String(given)).map(({ id }) => id);
    } catch (error) {
      throw new UsageError(`--${option}: ${messageOf(error)}`);
    }
  };
}

/** The scenarios of `--only` without `--skip`; undefined: all. */
export function chosenIds(
  only: readonly string[] | undefined,
  skip: string | undefined,
): readonly string[] | undefined {
  if (skip === undefined) return only;
  const all = only === undefined ? allScenarios() : everyScenario();
  return select(all, { only: only?.join(), skip }).chosen.map(({ id }) => id);
}

/** The parts of these scenarios; undefined: those that always count. */
export function partsAsked(only: readonly string[] | undefined): readonly Part[] {
  if (only === undefined) return gradedParts;
  const asked = everyScenario().filter(({ id }) => only.includes(id));
  return [...new Set(asked.map(({ part }) => part))];
}

/** The options of grading, and of its view for students: the same for a hand-in and for a packaged grader. */
export const gradingOptions = {
  part: { describe: 'One part alone', choices: gradableParts, requiresArg: true },
  only: {
    describe: 'These scenarios alone, for instance A1,B9',
    requiresArg: true,
    coerce: scenarioIds('only'),
  },
  skip: skipOption,
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
  'processor-seconds': {
    describe: `Processor time that a hand-in may take, in seconds; ${usualProcessorSeconds} unless told, more for slow machines`,
    requiresArg: true,
    coerce: wholeNumber('processor-seconds', { min: 1, max: 86_400 }),
  },
  seed: {
    describe: 'What the fresh seeds are drawn from; another one each time, unless told',
    requiresArg: true,
    coerce: wholeNumber('seed', { min: 0, max: 2 ** 31 }),
  },
} as const;
