/**
 * npm run bench -- sim: how fast the simulated world is, on one core. Delivered messages per second
 * are measured in long runs of one busy cluster, scenario runs per second over the whole catalogue.
 */
import path from 'node:path';
import { allScenarios } from '../../labtests/catalogue';
import { Lab } from '../../labtests/primary-backup/lab';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { replaceFile } from '../../runtime/replace-file';
import { runScenario } from '../../suite/run/run-scenario';
import { defaultSeeds } from '../../suite/scenario/scenario';
import { SimulatedWorld } from '../../worlds/simulated/world';
import { median, table } from './statistics';

export interface SimBenchOptions {
  readonly rounds: number;
  readonly json: string | undefined;
  readonly print: (text: string) => void;
}

const operationsPerClerk = 2_000;
const root = path.resolve(__dirname, '../..');

export async function benchSim({ rounds, json, print }: SimBenchOptions): Promise<void> {
  const solution = new Solution(root);
  const loads: number[] = [];
  const catalogues: number[] = [];
  // The first run is for the just-in-time compiler.
  for (let round = 0; round <= rounds; round += 1) {
    const load = await busyCluster(solution, round);
    if (round > 0) loads.push(load);
  }
  for (let round = 1; round <= rounds; round += 1) {
    catalogues.push(await wholeCatalogue(solution, round));
  }
  const figures = {
    deliveredPerSecond: Math.round(median(loads)),
    scenarioRunsPerSecond: Math.round(median(catalogues)),
  };
  print(
    table(
      ['what', 'median', 'of rounds'],
      [
        ['delivered messages/s, one core', String(figures.deliveredPerSecond), String(rounds)],
        ['scenario runs/s, one core', String(figures.scenarioRunsPerSecond), String(rounds)],
      ],
    ),
  );
  if (json !== undefined) replaceFile(json, `${JSON.stringify(figures, null, 2)}\n`);
}

/** Delivered messages per second: two replicas, eight clients that never pause. */
async function busyCluster(solution: Solution, seed: number): Promise<number> {
  const host = new InProcessHost(solution);
  const world = new SimulatedWorld({ seed, host, tracing: false });
  const lab = new Lab(world);
  const startedAt = performance.now();
  await world.run(async () => {
    await lab.startReplicas(2);
    const keys = Array.from({ length: 50 }, (_, i) => `k${i}`);
    await lab.workload({ clerks: 8, operations: operationsPerClerk, keys, maxPauseMs: 0 });
  });
  return world.delivered / ((performance.now() - startedAt) / 1000);
}

/** Runs per second over all scenarios, one seed each. */
async function wholeCatalogue(solution: Solution, seed: number): Promise<number> {
  // The scenarios about large data measure the speed of copying, not of the simulation.
  const scenarios = allScenarios().filter(({ seeds }) => seeds >= defaultSeeds);
  const startedAt = performance.now();
  for (const scenario of scenarios) {
    const { failure } = await runScenario(scenario, { seed, solution, tracing: false });
    if (failure !== null) throw new Error(`${scenario.id} fails with seed ${seed}`);
  }
  return scenarios.length / ((performance.now() - startedAt) / 1000);
}
