/** The arena in which campaigns of a hand-in are rehearsed: their runs cross to its nodes together. */

import type { Account } from '../nodes/apart/budget';
import type { InterleavedHost } from '../nodes/apart/interleaved-host';
import { runIn } from '../suite/run/run-scenario';
import type { Arena } from '../suite/scenario/campaign';
import type { RunResult } from '../suite/scenario/run-result';
import { SimulatedWorld } from '../worlds/simulated/world';

/** A run costs several times what it costs without processes, and a class is to be graded. */
const sweptShare = 0.25;

export interface InterleavedArenaOptions extends Pick<Arena, 'scenario' | 'seed' | 'atATime'> {
  readonly host: InterleavedHost;
  readonly account: Account;
}

export function interleavedArena({ host, account, ...options }: InterleavedArenaOptions): Arena {
  return {
    ...{ ...options, share: sweptShare },
    async simulate(run, body) {
      const nodes = host.begin(account);
      const result = await runIn(new SimulatedWorld({ ...run, host: nodes }), run.seed, body);
      // Nobody asks for the history of what passed.
      return nodes.end() ? { ...result, history: [] } : suspect(result);
    },
    // A run that failed here is made again elsewhere.
    mayRepeat: () => false,
    explore: () => Promise.reject(new Error('nodes of many runs at a time are not explored')),
  };
}

/** Whatever it seems to be, a run with such nodes is no pass. */
function suspect(result: RunResult): RunResult {
  const expected = 'nodes that do what honest ones do';
  return { ...result, failure: { kind: 'framework', expected, actual: 'one that does not' } };
}
