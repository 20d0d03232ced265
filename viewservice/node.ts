import type { Boot } from '../runtime/node';
import { serve } from '../runtime/service';
import { ViewService } from './api';
import { defaultViewServerOptions, ViewServer, type ViewServerOptions } from './server';

/** A node that is a view server. */
export function viewServerNode(options: Partial<ViewServerOptions> = {}): Boot {
  const settings = { ...defaultViewServerOptions, ...options };
  return (runtime) => {
    const server = new ViewServer(runtime, settings);
    return {
      serves: [serve(ViewService, server)],
      tick: () => server.tick(),
      tickIntervalMs: settings.pingIntervalMs,
      inspect: () => server.inspect(),
      memory: server,
    };
  };
}
