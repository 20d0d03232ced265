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
  /** The dimensions of the setting that are drawn; undefined: all. */
  readonly kept?: readonly string[] | undefined;
}

export function runIsolated(scenario: SingleScenario, run: IsolatedRun): Promise<RunResult> {
  const { seed, kept } = run;
  return runIn(new SimulatedWorld(run), seed, (stage) => scenario.body({ ...stage, kept }));
}
