/** Runs one scenario once, in the simulated world, and judges what happened. */
import type { TraceEvent } from '../../runtime/trace';
import { check } from './history/checker';
//import { explain, renderExplanation } from './history/explain';
import { type HistoryEvent, operationsOf } from './history/history';
import { type Failure, ScenarioFailure } from './scenario/failure';
import { Lab } from './scenario/lab';
import type { Scenario } from './scenario/scenario';
import { bareViews, viewsInWorld } from './scenario/views';
import { seededRandom } from './seeded-random';
import type { Solution } from './simulated/sandbox';
import { SimulatedWorld } from './simulated/world';
import type { World } from './world';

export interface RunOptions {
  readonly seed: number;
  readonly solution: Solution;
  readonly tracing: boolean;
  readonly onInput?: (node: string, what: string) => void;
}

export interface RunResult {
  readonly seed: number;
  /** null: the scenario passed. */
  readonly failure: Failure | null;
  /** How long the run took in the world's own time. */
  readonly virtualMs: number;
  readonly delivered: number;
  readonly trace: readonly TraceEvent[];
  readonly history: readonly HistoryEvent[];
}

/** Steps of the search for a linearization: far more than any history of a scenario needs. */
const maxCheckerSteps = 2_000_000;

export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunResult> {
  const world = new SimulatedWorld(options);
  const lab = new Lab(world);
  let failure: Failure | null = null;
  try {
    await world.run(() => body(scenario, world, lab, options));
  } catch (error) {
    failure = failureOf(error);
  }
  const history = lab.recorder.events;
  return {
    seed: options.seed,
    failure: rootCause(failure ?? judgeHistory(history), world),
    virtualMs: world.now(),
    delivered: world.delivered,
    trace: world.trace,
    history,
  };
}

async function body(
  scenario: Scenario,
  world: World,
  lab: Lab,
  { solution, seed }: RunOptions,
): Promise<void> {
  if (scenario.part === 'B') return scenario.body(lab);
  // The bare rules first: what fails there needs no network to be understood.
  await scenario.body(bareViews(solution, seededRandom(seed)));
  return scenario.body(viewsInWorld(world));
}

function failureOf(error: unknown): Failure {
  if (error instanceof ScenarioFailure) return error.failure;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    kind: 'framework',
    expected: 'the scenario to run to its end',
    actual: error instanceof Error ? error.message : String(error),
    details: stack.split('\n').slice(1, 6),
  };
}

/** Judges what clients saw: linearizable, or not and why. */
export function judgeHistory(history: readonly HistoryEvent[]): Failure | null {
  if (history.length === 0) return null;
  const operations = operationsOf(history, 'kv');
  const result = check('kv', operations, { maxSteps: maxCheckerSteps });
  if (result.verdict === 'linearizable') return null;
  if (result.verdict === 'unknown') {
    return {
      kind: 'framework',
      expected: 'a verdict on the history of the clients',
      actual: `none was found: ${result.reason}`,
    };
  }
  const explanation = explain(result.operations, 'kv');
  return {
    kind: 'not linearizable',
    expected:
      'all operations to look as if done one at a time, each between its call and its return',
    actual: explanation.sentence,
    details: renderExplanation(explanation).split('\n'),
  };
}

/** A stub, or code that throws, explains whatever else went wrong. */
function rootCause(failure: Failure | null, world: World): Failure | null {
  const [broken] = world.failures;
  if (broken !== undefined) {
    const [, ...frames] = broken.stack.split('\n');
    const isStub = / is not implemented yet$/.test(broken.message);
    return {
      kind: isStub ? 'not implemented' : 'broken code',
      expected: isStub
        ? 'an implementation'
        : `${broken.node} to run without errors that nobody catches`,
      actual: isStub ? broken.message : `in ${broken.where} it threw: ${broken.message}`,
      ...(isStub ? {} : { details: frames.slice(0, 4).map((frame) => frame.trim()) }),
    };
  }
  return failure;
}
