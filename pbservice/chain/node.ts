/** The programs of the nodes of a chain: its servers, and its clients. */
import { RpcError } from '../../runtime/errors';
import type { Address, Boot, Json, Runtime } from '../../runtime/node';
import { serve } from '../../runtime/service';
import { ChainService, type Write } from './api';
import { ChainServer, type ChainServerOptions } from './chain-server';

/** Between two tries of a client, in milliseconds. */
const pauseMs = 50;

/** @public The worlds load it by its name. */
export function chainServerNode(options: ChainServerOptions): Boot {
  return (runtime) => {
    const server = new ChainServer(runtime, options);
    return { serves: [serve(ChainService, server)], inspect: () => server.inspect() };
  };
}

interface ChainEnds {
  readonly head: Address;
  readonly tail: Address;
}

/**
 * A client: it writes at the head and reads at the tail, and asks until it is answered.
 *
 * @public The worlds load it by its name.
 */
export function chainClientNode({ head, tail }: ChainEnds): Boot {
  return (runtime) => {
    let writes = 0;
    return {
      serves: [],
      invoke: async (op: string, args: Json) => {
        const { key } = args as { key: string };
        if (op === 'get') {
          return again(runtime, () => runtime.connect(ChainService, tail).read({ key }));
        }
        writes += 1;
        const asked = {
          client: runtime.address,
          seq: writes,
          write: { op, ...(args as object) } as Write,
        };
        await again(runtime, () => runtime.connect(ChainService, head).write(asked));
        return { value: null };
      },
    };
  };
}

async function again<T>(runtime: Runtime, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      // What is still to be written is not asked for again.
      if (error instanceof RpcError && error.code === 'not-implemented') throw error;
      await runtime.sleep(pauseMs);
    }
  }
}
