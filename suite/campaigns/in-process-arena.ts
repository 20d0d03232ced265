/** The arena of the campaigns of students: the process of the runner, which is the quickest. */
import { hiddenMemoryIn } from '../../nodes/hidden-memory';
import { InProcessHost } from '../../nodes/in-process-host';
import type { Solution } from '../../nodes/sandbox/sandbox';
import { SimulatedWorld } from '../../worlds/simulated/world';
import { runIn } from '../run/run-scenario';
import type { Arena } from '../scenario/campaign';

export interface InProcessOptions {
  readonly scenario: string;
  readonly seed: number;
  readonly solution: Solution;
  /** Told before each input which node gets it: what a watchdog goes by. */
  readonly onInput?: (node: string, what: string) => void;
}

export function inProcessArena({ scenario, seed, solution, onInput }: InProcessOptions): Arena {
  const host = new InProcessHost(solution);
  const watched = { host, ...(onInput && { onInput }) };
  return {
    ...{ scenario, seed, atATime: 1, share: 1 },
    simulate: (options, body) =>
      runIn(new SimulatedWorld({ ...options, ...watched }), options.seed, body, onInput),
    mayRepeat: () => true,
    explore: (body) =>
      body({
        ...watched,
        inNewNodes: (run) => run(host),
        unmerged: hiddenMemoryIn(solution.root),
      }),
  };
}
