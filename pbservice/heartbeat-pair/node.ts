import type { Boot } from '../../runtime/node';
import { serve } from '../../runtime/service';
import { PbService } from '../api';
import { PairService } from './api';
import { defaultPairServerOptions, PairServer, type PairServerOptions } from './server';

/** A node that is one of the two servers of a heartbeat pair. */
export function pairServerNode(
  options: Pick<PairServerOptions, 'members'> & Partial<PairServerOptions>,
): Boot {
  const settings = { ...defaultPairServerOptions, ...options };
  return (runtime) => {
    const server = new PairServer(runtime, settings);
    return {
      serves: [serve(PbService, server), serve(PairService, server)],
      start: () => server.tick(),
      tick: () => server.tick(),
      tickIntervalMs: settings.pingIntervalMs,
      inspect: () => server.inspect(),
    };
  };
}
