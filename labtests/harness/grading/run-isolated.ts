/** Runs a scenario once in the simulated world, with the code of a hand-in behind a wall. */
import { type RunResult, runIn } from '../run-scenario';
import type { SingleScenario } from '../scenario/scenario';
import { viewsInWorld } from '../scenario/view-ports';
import type { NodeHost } from '../simulated/node-host';
import { SimulatedWorld } from '../simulated/world';

export interface IsolatedRun {
  readonly host: NodeHost;
  readonly seed: number;
  readonly tracing: boolean;
}

export function runIsolated(scenario: SingleScenario, run: IsolatedRun): Promise<RunResult> {
  const world = new SimulatedWorld(run);
  return runIn(world, run.seed, (lab) =>
    scenario.part === 'A' ? scenario.body(viewsInWorld(world)) : scenario.body(lab),
  );
}
