/** Runs a scenario in the real world. */
import { type RunResult, runIn } from '../run-scenario';
import type { Scenario } from '../scenario/scenario';
import { RealWorld, type RealWorldOptions } from './world';

export function runReal(scenario: Scenario, options: RealWorldOptions): Promise<RunResult> {
  if (scenario.part === 'A') throw new Error(`${scenario.id}: ${whyNotPartA}`);
  return runIn(new RealWorld(options), options.seed, scenario.body);
}

export const whyNotPartA =
  'part A runs in the simulated world only: there, time passes when the scenario says so';
