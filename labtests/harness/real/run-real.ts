/** Runs a scenario in the real world. */
import { type RunResult, runIn } from '../run-scenario';
import type { Scenario } from '../scenario/scenario';
import { RealWorld, type RealWorldOptions } from './world';

export function runReal(scenario: Scenario, options: RealWorldOptions): Promise<RunResult> {
  const { id, part, body } = scenario;
  if (part === 'A' || body === undefined) throw new Error(`${id}: ${whyNotReal(scenario)}`);
  return runIn(new RealWorld(options), options.seed, body);
}

/** Why a scenario does not run in the real world; undefined: it does. */
export function whyNotReal({ part, campaign }: Scenario): string | undefined {
  if (part === 'A') return whyNotPartA;
  return campaign && 'it is hundreds of runs in a world that can be steered';
}

export const whyNotPartA =
  'part A runs in the simulated world only: there, time passes when the scenario says so';
