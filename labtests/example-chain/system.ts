/** The nodes of the lab, and how they start. */
import type { Address, Json } from '../../runtime/node';
import type { SystemKind } from '../../worlds/systems';

const file = 'pbservice/chain/node.ts';

export const chainSystem: SystemKind = {
  name: 'chain',
  crashes: 0,
  properties: ['linearizable', 'no-errors'],
  invariants: [{ name: 'no server to be ahead of the one before it', broken: overtaken }],
  server(name, servers) {
    const next = servers[servers.indexOf(name) + 1] ?? null;
    return { program: { file, factory: 'chainServerNode', is: 'server' }, options: { next } };
  },
  client(servers) {
    const [head = '', tail = head] = [servers[0], servers.at(-1)];
    return { program: { file, factory: 'chainClientNode', is: 'client' }, options: { head, tail } };
  },
};

/** Writes go down the chain: what a server has, every server before it has. */
function overtaken(shown: ReadonlyMap<Address, Json>): string | undefined {
  const servers = [...shown].filter(([name]) => name.startsWith('s'));
  const writes = servers.map(([, said]) => (said as { writes?: number } | null)?.writes ?? 0);
  const at = writes.findIndex((count, i) => i > 0 && count > (writes[i - 1] as number));
  if (at < 0) return undefined;
  const [ahead, before] = [servers[at], servers[at - 1]].map((server) => server?.[0]);
  return `${ahead} has ${writes[at]} writes, and ${before} has ${writes[at - 1]}`;
}
