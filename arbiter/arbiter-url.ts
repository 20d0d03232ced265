/** URLs of coordination services: the kinds there are, and how a URL names one. */
import { formatAddress, parseAddress } from '../runtime/websocket/address';
import type { Coordination } from './coordination';

export interface ArbiterUrl {
  readonly kind: ArbiterKind;
  /** `host:port` of each server of the service. */
  readonly hosts: readonly string[];
  /** The cluster that it decides for: what its keys stand under. */
  readonly cluster: string;
}

interface Backend {
  /** Loads the client of the service; connects to nothing yet. */
  readonly open: (url: ArbiterUrl) => Coordination;
}

/** Loaded when used: who runs with a view service needs neither. */
const backends = {
  etcd: {
    open: ({ hosts, cluster }) => {
      const { EtcdCoordination } = require('./etcd') as typeof import('./etcd');
      return EtcdCoordination.open({ hosts, prefix: `/${cluster}/` });
    },
  },
  zookeeper: {
    open: ({ hosts, cluster }) => {
      const { ZooKeeperCoordination } = require('./zookeeper') as typeof import('./zookeeper');
      return ZooKeeperCoordination.open({ hosts, root: `/${cluster}` });
    },
  },
} as const satisfies Record<string, Backend>;

export type ArbiterKind = keyof typeof backends;
export const arbiterKinds = Object.keys(backends) as readonly ArbiterKind[];

/** Several hosts do not make a better service than it has servers: a few are enough. */
const maxHosts = 9;

/** Takes `etcd://host:port,host:port/cluster` apart. Throws an Error that says what is wrong. */
export function parseArbiterUrl(text: string): ArbiterUrl {
  const match = /^([a-z]+):\/\/([^/]+)(?:\/([A-Za-z0-9._-]{1,100}))?\/?$/.exec(text);
  const kind = arbiterKinds.find((name) => name === match?.[1]);
  if (match === null || kind === undefined) throw new Error(expected(text));
  const hosts = (match[2] as string).split(',');
  if (hosts.length > maxHosts)
    throw new Error(`expected at most ${maxHosts} hosts, got ${hosts.length}`);
  return {
    kind,
    hosts: hosts.map((host) => formatAddress(parseAddress(host.trim()))),
    cluster: match[3] ?? 'viewlab',
  };
}

function expected(text: string): string {
  const forms = arbiterKinds.map((kind) => `${kind}://HOST:PORT,.../NAME`).join(' or ');
  return `expected ${forms}, got ${JSON.stringify(text)}`;
}

export function formatArbiterUrl({ kind, hosts, cluster }: ArbiterUrl): string {
  return `${kind}://${hosts.join(',')}/${cluster}`;
}

export function openCoordination(url: ArbiterUrl): Coordination {
  return backends[url.kind].open(url);
}
