/** The arena in which campaigns of a hand-in run: its nodes are in processes of their own. */

import type { IsolatedHost } from '../nodes/apart/isolated-host';
import { runIn } from '../suite/run/run-scenario';
import type { Arena, ExploredNodes } from '../suite/scenario/campaign';
import { SimulatedWorld } from '../worlds/simulated/world';

/** A run in processes takes many times as long as one without, and a class is to be graded. */
const sweptShare = 0.1;

export interface IsolatedArenaOptions extends Pick<ExploredNodes, 'unmerged'> {
  readonly scenario: string;
  readonly seed: number;
  readonly host: IsolatedHost;
}

export function isolatedArena({ scenario, seed, host, unmerged }: IsolatedArenaOptions): Arena {
  return {
    ...{ scenario, seed, atATime: 1, share: sweptShare },
    async simulate(options, body) {
      const world = new SimulatedWorld({ ...options, host });
      try {
        return await runIn(world, options.seed, body);
      } finally {
        await host.endRun();
      }
    },
    // A process that broke out or hung proves enough, and may take its time to do so again.
    mayRepeat: () => host.isUnharmed,
    async explore(body) {
      const incarnations = host.incarnations();
      const inNewNodes: ExploredNodes['inNewNodes'] = async (run) => {
        incarnations.letGo();
        await host.endRun();
        try {
          return await run(host);
        } finally {
          await host.endRun();
        }
      };
      try {
        return await body({ host: incarnations, inNewNodes, unmerged });
      } finally {
        incarnations.letGo();
        await host.endRun();
      }
    },
  };
}
