/** Where the campaigns of a hand-in run: its nodes are in processes of their own. */
import type { Arena, ExploredNodes } from '../campaign/campaign';
import type { IsolatedHost } from '../isolated/isolated-host';
import { runIn } from '../run-scenario';
import { SimulatedWorld } from '../simulated/world';

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
      const lives = host.lives();
      const inNewNodes: ExploredNodes['inNewNodes'] = async (run) => {
        lives.letGo();
        await host.endRun();
        try {
          return await run(host);
        } finally {
          await host.endRun();
        }
      };
      try {
        return await body({ host: lives, inNewNodes, unmerged });
      } finally {
        lives.letGo();
        await host.endRun();
      }
    },
  };
}
