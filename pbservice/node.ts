import type { Boot } from '../runtime/node';
import { serve } from '../runtime/service';
import { PbService } from './api';
import { ReplicationService } from './replication-api';
import { defaultPbServerOptions, PbServer, type PbServerOptions } from './server';

/** A node that is a replica of the key/value service. */
export function replicaNode(
  options: Pick<PbServerOptions, 'viewService'> & Partial<PbServerOptions>,
): Boot {
  const settings = { ...defaultPbServerOptions, ...options };
  return (runtime) => {
    const server = new PbServer(runtime, settings);
    return {
      serves: [serve(PbService, server), serve(ReplicationService, server)],
      start: () => server.start(),
      tick: () => server.tick(),
      tickIntervalMs: settings.pingIntervalMs,
      inspect: () => server.inspect(),
      memory: server,
    };
  };
}
