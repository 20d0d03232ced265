/** Where the campaigns of students run: in the process of the runner, which is the quickest. */
import { hiddenMemoryIn } from '../explored/hidden-memory';
import { runIn } from '../run-scenario';
import { InProcessHost } from '../simulated/in-process-host';
import type { Solution } from '../simulated/sandbox';
import { SimulatedWorld } from '../simulated/world';
import type { Arena } from './campaign';

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
      runIn(new SimulatedWorld({ ...options, ...watched }), options.seed, body),
    mayRepeat: () => true,
    explore: (body) =>
      body({
        ...watched,
        inNewNodes: (run) => run(host),
        unmerged: hiddenMemoryIn(solution.root),
      }),
  };
}
