import type { Failure } from '../../judging/failure';
import type { Solution } from '../../nodes/sandbox/sandbox';
import { runScenario } from '../../suite/run/run-scenario';
import { allScenarios } from '../catalogue';

/** The first failure of a scenario with the seeds 1, 2, 3, ...; null when it passes with all. */
export async function firstFailure(
  id: string,
  solution: Solution,
  seeds: number,
): Promise<Failure | null> {
  const scenario = allScenarios().find((other) => other.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { failure } = await runScenario(scenario, { seed, solution, tracing: false });
    if (failure !== null) return failure;
  }
  return null;
}
