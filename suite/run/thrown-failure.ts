import { type Failure, ScenarioFailure } from '../../judging/failure';
import { SolutionError } from '../../nodes/sandbox/sandbox';
import { describeThrown } from '../../runtime/thrown-value';

/** The failure for which a run ended by throwing; `expected`: what should have happened, if it is our fault. */
export function failureOfThrown(error: unknown, expected: string): Failure {
  if (error instanceof ScenarioFailure) return error.failure;
  if (error instanceof SolutionError) {
    return { kind: 'broken code', expected: 'the solution to load', actual: error.message };
  }
  const { message, frames } = describeThrown(error);
  return { kind: 'framework', expected, actual: message, details: frames.slice(0, 5) };
}
