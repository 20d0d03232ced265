/** Runs scenarios with a real coordination service, or faults at random, and prints what came of it. */
import { whyNotHere } from '../../../arbiter/local/local-service';
import type { ArbiterKind } from '../../../arbiter/open';
import { Failure } from '../../../runtime/terminal/exit';
import { fits } from '../coordination/scenarios';
import { type RunResult, runIn } from '../run-scenario';
import type { Scenario } from '../scenario/scenario';
import { arbiterScenarios } from './arbiter-scenarios';
import { RealWorld } from './world';

export interface ArbiterSuiteOptions {
  readonly arbiter: ArbiterKind;
  /** Scenarios by their names; none: all that fit. */
  readonly only: readonly string[];
  readonly seed: number;
  /** Instead of the suite: so many runs of `randomScenario`, each with the next seed. */
  readonly runs: number | undefined;
  readonly print: (text: string) => void;
}

interface Item {
  readonly id: string;
  readonly name: string;
  readonly run: (seed: number) => Promise<RunResult>;
}

/** Crashes, pauses, partitions and storms in any order. */
const randomScenario = 'B30';
/** In the real world what goes to the service cannot be told apart, so pings cannot be counted. */
const countsPings: ReadonlySet<string> = new Set(['B3']);

/** Runs one scenario of the arbiter's own, C1 to C6. */
export function runArbiterScenario(
  id: string,
  arbiter: ArbiterKind,
  seed: number,
): Promise<RunResult> {
  const scenario = arbiterScenarios.find((one) => one.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  const { servers, body } = scenario;
  const world = new RealWorld({ seed, tracing: false, arbiter, arbiterServers: servers });
  return runIn(world, seed, (lab) => body(lab, world));
}

/** Resolves with the exit code: 0 when all pass, 1 when one does not. */
export async function testArbiter(
  all: readonly Scenario[],
  { arbiter, only, seed, runs, print }: ArbiterSuiteOptions,
): Promise<number> {
  const why = whyNotHere(arbiter);
  if (why !== undefined) throw new Failure(why);
  const items = itemsFor(all, arbiter);
  const isWanted = ({ id }: Item) =>
    only.length > 0 ? only.includes(id) : runs === undefined || id === randomScenario;
  let failed = 0;
  let finished = 0;
  let operations = 0;
  const startedAt = performance.now();
  for (let round = 0; round < (runs ?? 1); round += 1) {
    for (const item of items.filter(isWanted)) {
      const begun = performance.now();
      const { failure, history } = await item.run(seed + round);
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
      finished += 1;
      operations += history.filter(({ type }) => type === 'ok').length;
      if (failure !== null) failed += 1;
      const verdict = failure === null ? 'pass' : 'FAIL';
      print(`${verdict}  ${item.id}:${seed + round}  ${seconds} s  ${item.name}`);
      if (failure === null) continue;
      print(`      expected ${failure.expected}`);
      print(`      got      ${failure.actual}`);
      for (const detail of failure.details ?? []) print(`      ${detail}`);
    }
  }
  const tookS = Math.round((performance.now() - startedAt) / 1_000);
  print(
    `${arbiter}: ${finished} runs in ${tookS} s, ${operations} acknowledged operations judged, ` +
      `${failed} failed`,
  );
  return failed === 0 ? 0 : 1;
}

function itemsFor(all: readonly Scenario[], arbiter: ArbiterKind): Item[] {
  const partB = all.flatMap((scenario): Item[] => {
    const { id, name } = scenario;
    if (scenario.part !== 'B' || scenario.campaign !== undefined) return [];
    if (!fits(scenario, arbiter) || countsPings.has(id)) return [];
    const world = (seed: number) => new RealWorld({ seed, tracing: false, arbiter });
    return [{ id, name, run: (seed) => runIn(world(seed), seed, scenario.body) }];
  });
  const own = arbiterScenarios.map(
    ({ id, name }): Item => ({ id, name, run: (seed) => runArbiterScenario(id, arbiter, seed) }),
  );
  return [...own, ...partB];
}
