/** Runs one scenario once, in one of the worlds, and judges what happened. */
import { stubIn } from '../../runtime/errors';
import type { TraceEvent } from '../../runtime/trace';
import { arbitratedPrograms, type ModelName } from './coordination/programs';
import { check } from './history/checker';
import { type Explanation, explain, renderExplanation } from './history/explain';
import { type HistoryEvent, operationsOf } from './history/history';
import { anomaliesOfViolation } from './scenario/anomaly';
import { BareTrace } from './scenario/bare-trace';
import { type Failure, notImplementedYet, ScenarioFailure } from './scenario/failure';
import { Lab, pingIntervalMs } from './scenario/lab';
import type { Scenario } from './scenario/scenario';
import { bareViews, viewsInWorld } from './scenario/view-ports';
import { seededRandom } from './seeded-random';
import { InProcessHost } from './simulated/in-process-host';
import { type Solution, SolutionError } from './simulated/sandbox';
import { SimulatedWorld } from './simulated/world';
import type { World } from './world';

export interface RunOptions {
  readonly seed: number;
  readonly solution: Solution;
  readonly tracing: boolean;
  /** Who decides in the place of the view service; undefined: the view service. */
  readonly arbiter?: ModelName | undefined;
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

/** A world that can run a scenario to its end and clear up after it. */
export interface RunnableWorld extends World {
  /** Messages delivered so far. */
  readonly delivered: number;
  /** Rejects with what the scenario throws. */
  run(scenario: () => Promise<void>): Promise<void>;
}

/** Runs a scenario in the simulated world. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunResult> {
  const { solution, arbiter, tracing } = options;
  const programs = arbiter && arbitratedPrograms(arbiter);
  const host = new InProcessHost(solution, programs);
  const world = new SimulatedWorld({ ...options, host, viewsFromLogs: arbiter !== undefined });
  const bare = tracing ? new BareTrace() : undefined;
  const result = await runIn(world, options.seed, (lab) =>
    body(scenario, world, lab, options, bare),
  );
  // In the world nothing has happened yet when the bare service fails.
  const { trace } = result;
  return {
    ...result,
    trace: trace.length > 0 || bare === undefined ? trace : bare.events(pingIntervalMs),
  };
}

/** Runs the body of a scenario in a fresh world. */
export async function runIn(
  world: RunnableWorld,
  seed: number,
  body: (lab: Lab) => Promise<void>,
): Promise<RunResult> {
  const lab = new Lab(world);
  let failure: Failure | null = null;
  try {
    await world.run(() => body(lab));
  } catch (error) {
    failure = failureOf(error);
  }
  const history = lab.recorder.events;
  return {
    seed,
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
  { solution, seed, onInput }: RunOptions,
  bare: BareTrace | undefined,
): Promise<void> {
  if (scenario.campaign !== undefined) throw new Error('a campaign is more than one run');
  if (scenario.part === 'B') return scenario.body(lab);
  // The bare rules first: what fails there needs no network to be understood.
  const onCall = (what: string) => onInput?.('vs', what);
  await scenario.body(bareViews(solution, seededRandom(seed), onCall, bare));
  return scenario.body(viewsInWorld(world));
}

function failureOf(error: unknown): Failure {
  if (error instanceof ScenarioFailure) return error.failure;
  if (error instanceof SolutionError) {
    return { kind: 'broken code', expected: 'the solution to load', actual: error.message };
  }
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
  const explanation = explain('kv', result.operations);
  return {
    kind: 'not linearizable',
    expected:
      'all operations to look as if done one at a time, each between its call and its return',
    actual: explanation.sentence,
    // Its first line is the sentence itself.
    details: renderExplanation(explanation).split('\n').slice(1),
    ...momentOf(explanation, history),
    ...anomaliesOf(explanation),
  };
}

function anomaliesOf({ kind }: Explanation): Pick<Failure, 'anomalies'> {
  const anomalies = anomaliesOfViolation(kind);
  return anomalies.length === 0 ? {} : { anomalies };
}

/** When the last of the operations that prove a violation returned. */
function momentOf({ operations }: Explanation, history: readonly HistoryEvent[]) {
  const lastLine = Math.max(
    ...operations.map(({ returnedAt }) => returnedAt).filter(Number.isFinite),
  );
  const atMs = history[lastLine - 1]?.time;
  return atMs === undefined ? {} : { atMs };
}

/** A stub, or code that throws, explains whatever else went wrong. */
function rootCause(failure: Failure | null, world: World): Failure | null {
  const [broken, ...others] = world.failures;
  if (broken === undefined) return failure;
  if (stubIn(broken.message) !== undefined) {
    return notImplementedYet([broken.message, ...others.map(({ message }) => message)]);
  }
  const [, ...frames] = broken.stack.split('\n');
  return {
    kind: 'broken code',
    expected: `${broken.node} to run without errors that nobody catches`,
    actual: `in ${broken.where} it threw: ${broken.message}`,
    details: frames.slice(0, 4).map((frame) => frame.trim()),
  };
}
