/** Starts etcd on this machine, one server or several, with etcd's own timing. */
import type { ServerPlan } from './server-process';

/** How long one look at a server may take, in milliseconds. */
const lookTimeoutMs = 1_000;

export function etcdServers(
  folder: string,
  ports: readonly (readonly number[])[],
): readonly ServerPlan[] {
  const members = ports.map(([client, peer], index) => ({
    name: `etcd${index + 1}`,
    client: `127.0.0.1:${client}`,
    peer: `http://127.0.0.1:${peer}`,
  }));
  const cluster = members.map(({ name, peer }) => `${name}=${peer}`).join(',');
  return members.map(({ name, client, peer }) => ({
    host: client,
    command: [
      'etcd',
      ...['--name', name, '--data-dir', `${folder}/${name}`],
      ...['--listen-client-urls', `http://${client}`],
      ...['--advertise-client-urls', `http://${client}`],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', cluster, '--initial-cluster-state', 'new'],
      ...['--log-level', 'error'],
    ],
    isReady: async () => {
      const { health } = await ask<{ health?: string }>(`http://${client}/health`);
      return health === 'true';
    },
    isLeader: async () => {
      const url = `http://${client}/v3/maintenance/status`;
      const { leader, header } = await ask<Status>(url, { method: 'POST', body: '{}' });
      return leader === header.member_id;
    },
  }));
}

interface Status {
  readonly leader: string;
  readonly header: { readonly member_id: string };
}

async function ask<T>(url: string, request: RequestInit = {}): Promise<T> {
  const signal = AbortSignal.timeout(lookTimeoutMs);
  return (await fetch(url, { ...request, signal })).json() as Promise<T>;
}
