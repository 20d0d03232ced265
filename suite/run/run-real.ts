/** Runs a scenario in the real world. */

import { RealWorld, type RealWorldOptions } from '../../worlds/real/world';
import type { RunResult } from '../scenario/run-result';
import type { Scenario } from '../scenario/scenario';
import { runIn } from './run-scenario';

export function runReal(scenario: Scenario, options: RealWorldOptions): Promise<RunResult> {
  const { id, body } = scenario;
  const why = whyNotReal(scenario);
  if (why !== undefined || body === undefined) throw new Error(`${id}: ${why}`);
  return runIn(new RealWorld(options), options.seed, body);
}

/** Why a scenario does not run in the real world; undefined: it does. */
export function whyNotReal({ part, onlySimulated, campaign }: Scenario): string | undefined {
  if (onlySimulated !== undefined) {
    return `part ${part} runs in the simulated world only: ${onlySimulated}`;
  }
  return campaign && 'it is hundreds of runs in a world that can be steered';
}
