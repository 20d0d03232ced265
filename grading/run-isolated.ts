/** Runs a scenario once in the simulated world, with the code of a hand-in behind a wall. */

import type { NodeHost } from '../nodes/node-host';
import { runIn } from '../suite/run/run-scenario';
import type { RunResult } from '../suite/scenario/run-result';
import type { SingleScenario } from '../suite/scenario/scenario';
import { SimulatedWorld } from '../worlds/simulated/world';

export interface IsolatedRun {
  readonly host: NodeHost;
  readonly seed: number;
  readonly tracing: boolean;
}

export function runIsolated(scenario: SingleScenario, run: IsolatedRun): Promise<RunResult> {
  return runIn(new SimulatedWorld(run), run.seed, scenario.body);
}
