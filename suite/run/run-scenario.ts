/** Runs one scenario once, in one of the worlds, and judges what happened. */

import { type Failure, failureOfBug, notImplementedYet } from '../../judging/failure';
import { judgeHistory } from '../../judging/judge-history';
import { Recorder } from '../../judging/recorder';
import { InProcessHost } from '../../nodes/in-process-host';
import type { Solution } from '../../nodes/sandbox/sandbox';
import { stubIn } from '../../runtime/errors';
import type { TraceEvent } from '../../runtime/trace';
import { arbitratedPrograms, type CoordinationModel } from '../../worlds/coordination/programs';
import { SimulatedWorld } from '../../worlds/simulated/world';
import type { RunnableWorld, World } from '../../worlds/world';
import type { RunResult } from '../scenario/run-result';
import type { Scenario } from '../scenario/scenario';
import type { Drawn } from '../scenario/setting';
import type { Body } from '../scenario/stage';
import { failureOfThrown } from './thrown-failure';

export interface RunOptions {
  readonly seed: number;
  readonly solution: Solution;
  readonly tracing: boolean;
  /** The decider in the place of the view service; undefined: the view service. */
  readonly arbiter?: CoordinationModel | undefined;
  readonly onInput?: (node: string, what: string) => void;
  /** The dimensions of the setting that are drawn; undefined: all. */
  readonly kept?: readonly string[] | undefined;
}

/** Runs a scenario in the simulated world. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunResult> {
  const { solution, arbiter, tracing } = options;
  const programs = arbiter && arbitratedPrograms(arbiter);
  const host = new InProcessHost(solution, programs);
  const world = new SimulatedWorld({ ...options, host, viewsFromLogs: arbiter !== undefined });
  let bareEvents = (): TraceEvent[] => [];
  const keepTrace = (events: () => TraceEvent[]) => {
    bareEvents = events;
  };
  if (scenario.campaign !== undefined) throw new Error('a campaign is more than one run');
  const { body } = scenario;
  const bare = { ...options, keepTrace: tracing ? keepTrace : undefined };
  // Of another decider the times are fixed.
  const kept = arbiter === undefined ? options.kept : [];
  const play: Body = (stage) => body({ ...stage, bare, kept });
  const result = await runIn(world, options.seed, play, options.onInput);
  // In the world nothing has happened yet when what is called directly fails.
  const { trace } = result;
  return { ...result, trace: trace.length > 0 ? trace : bareEvents() };
}

/**
 * Runs the body of a scenario in a fresh world. `onInput` is told when no node is at work any more, and
 * what comes is ours.
 */
export async function runIn(
  world: RunnableWorld,
  seed: number,
  body: Body,
  onInput?: (node: string, what: string) => void,
): Promise<RunResult> {
  const recorder = new Recorder(() => world.now());
  let failure: Failure | null = null;
  let setting: readonly Drawn[] = [];
  const tellSetting = (drawn: readonly Drawn[]) => {
    setting = drawn;
  };
  try {
    await world.run(() => body({ world, recorder, seed, tellSetting }));
  } catch (error) {
    failure = failureOfThrown(error, 'the scenario to run to its end');
  }
  onInput?.('', 'the history checker');
  const history = recorder.events;
  return {
    seed,
    failure: rootCause(failure ?? judgeHistory(history), world),
    virtualMs: world.now(),
    delivered: world.delivered,
    trace: world.trace,
    history,
    ...(setting.length > 0 && { setting }),
  };
}

/** A stub, code that throws, or talk that means nothing explains whatever else went wrong. */
function rootCause(failure: Failure | null, world: World): Failure | null {
  const [broken, ...others] = world.failures;
  if (broken === undefined) {
    return failure?.kind === 'not implemented' ? failure : (world.misuse ?? failure);
  }
  if (stubIn(broken.message) !== undefined) {
    return notImplementedYet([broken.message, ...others.map(({ message }) => message)]);
  }
  return failureOfBug(broken.node, broken);
}
