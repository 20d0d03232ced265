/** The arena of a campaign when a coordination service decides, as a model of it. */
import { InProcessHost } from '../../nodes/in-process-host';
import type { Solution } from '../../nodes/sandbox/sandbox';
import { arbitratedPrograms, type CoordinationModel } from '../../worlds/coordination/programs';
import { SimulatedWorld } from '../../worlds/simulated/world';
import { runIn } from '../run/run-scenario';
import type { Arena } from '../scenario/campaign';

/** For campaigns that simulate alone. Each run has a service of its own. */
export function arbitratedArena(options: {
  readonly arbiter: CoordinationModel;
  readonly solution: Solution;
  readonly seed: number;
}): Arena {
  const { arbiter, solution, seed } = options;
  return {
    ...{ scenario: `swept-${arbiter}`, seed, atATime: 1, share: 1 },
    simulate: (run, body) => {
      const host = new InProcessHost(solution, arbitratedPrograms(arbiter));
      return runIn(new SimulatedWorld({ ...run, host, viewsFromLogs: true }), run.seed, body);
    },
    mayRepeat: () => true,
    explore: () => Promise.reject(new Error('a sweep explores nothing')),
  };
}
