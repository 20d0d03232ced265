/** Runs scenarios with a real coordination service, or faults at random, and prints what came of it. */

import type { ArbiterKind } from '../../arbiter/arbiter-url';
import { whyNotHere } from '../../arbiter/local/local-service';
import { arbitratedLabs } from '../../labtests/labs';
import { harmless } from '../../report/plain-text';
import { ProgramFailure, UsageError } from '../../runtime/terminal/exit';
import { runIn } from '../../suite/run/run-scenario';
import type { RunResult } from '../../suite/scenario/run-result';
import type { Scenario } from '../../suite/scenario/scenario';
import { select } from '../../suite/scenario/selection';
import { RealWorld } from '../../worlds/real/world';

export interface ArbiterSuiteOptions {
  readonly arbiter: ArbiterKind;
  /** Scenarios, cases or C1 to C6, as they were typed; undefined: all that fit. */
  readonly only: string | undefined;
  /** The scenarios to leave out, in the same way. */
  readonly skip: string | undefined;
  readonly seed: number;
  /** Instead of the suite: so many runs of the one with faults at random, each with the next seed. */
  readonly runs: number | undefined;
  readonly print: (text: string) => void;
}

interface Item {
  readonly id: string;
  readonly name: string;
  readonly run: (seed: number) => Promise<RunResult>;
}

/** Runs one of the scenarios that are about the service itself. */
export function runArbiterScenario(
  id: string,
  arbiter: ArbiterKind,
  seed: number,
): Promise<RunResult> {
  const own = arbitratedLabs().flatMap(({ scenarios }) => scenarios);
  const scenario = own.find((one) => one.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  const { servers, body } = scenario;
  const world = new RealWorld({ seed, tracing: false, arbiter, arbiterServers: servers });
  return runIn(world, seed, body(world));
}

/** Resolves with the exit code: 0 when all pass, 1 when one does not. */
export async function testArbiter(
  all: readonly Scenario[],
  { arbiter, only, skip, seed, runs, print }: ArbiterSuiteOptions,
): Promise<number> {
  const why = whyNotHere(arbiter);
  if (why !== undefined) throw new ProgramFailure(why);
  const random = arbitratedLabs().map((lab) => lab.random);
  const wanted = only ?? (runs === undefined ? undefined : random.join());
  const items = chosenItems(all, arbiter, { only: wanted, skip });
  let failed = 0;
  let finished = 0;
  let operations = 0;
  const startedAt = performance.now();
  for (let round = 0; round < (runs ?? 1); round += 1) {
    for (const item of items) {
      const begun = performance.now();
      const { failure, history } = await item.run(seed + round);
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
      finished += 1;
      operations += history.filter(({ type }) => type === 'ok').length;
      if (failure !== null) failed += 1;
      const verdict = failure === null ? 'pass' : 'FAIL';
      print(`${verdict}  ${item.id}:${seed + round}  ${seconds} s  ${item.name}`);
      if (failure === null) continue;
      const { expected, actual, details = [] } = harmless(failure);
      print(`      expected ${expected}`);
      print(`      got      ${actual}`);
      for (const detail of details) print(`      ${detail}`);
    }
  }
  const tookS = Math.round((performance.now() - startedAt) / 1_000);
  print(
    `${arbiter}: ${finished} runs in ${tookS} s, ${operations} acknowledged operations judged, ` +
      `${failed} failed`,
  );
  return failed === 0 ? 0 : 1;
}

/** Throws a UsageError when a name is none, or nothing is left that fits the arbiter. */
function chosenItems(
  all: readonly Scenario[],
  arbiter: ArbiterKind,
  named: Pick<ArbiterSuiteOptions, 'only' | 'skip'>,
): Item[] {
  const own = arbitratedLabs().flatMap(({ part, scenarios }) =>
    scenarios.map(({ id }) => ({ id, part })),
  );
  const known = [...own, ...all];
  const ids = new Set(select(known, named).chosen.map(({ id }) => id));
  const items = itemsFor(all, arbiter).filter(({ id }) => ids.has(id));
  if (items.length > 0) return items;
  throw new UsageError(
    `expected scenarios that can be run with ${arbiter}; got ${[...ids].join(', ')}`,
  );
}

function itemsFor(all: readonly Scenario[], arbiter: ArbiterKind): Item[] {
  const labs = arbitratedLabs();
  const fitting = all.flatMap((scenario): Item[] => {
    const { id, name } = scenario;
    if (scenario.campaign !== undefined) return [];
    if (!labs.some((lab) => lab.fits(scenario, arbiter, true))) return [];
    const world = (seed: number) => new RealWorld({ seed, tracing: false, arbiter });
    return [{ id, name, run: (seed) => runIn(world(seed), seed, scenario.body) }];
  });
  const own = labs.flatMap(({ scenarios }) =>
    scenarios.map(
      ({ id, name }): Item => ({ id, name, run: (seed) => runArbiterScenario(id, arbiter, seed) }),
    ),
  );
  return [...own, ...fitting];
}
