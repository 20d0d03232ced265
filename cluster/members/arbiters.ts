/** Deciders on the primary: a row for each kind of cluster that `npm start` can run. */
import { UsageError } from '../../runtime/terminal/exit';
import { ArbitratedCluster } from './arbitrated-cluster';
import type { Cluster } from './cluster';
import { PairCluster } from './pair-cluster';
import { ViewCluster } from './view-cluster';

interface Arbiter {
  readonly meaning: string;
  /** How many replicas, unless told. */
  readonly replicas: number;
  /** How many there can be. */
  readonly min: number;
  readonly max: number;
  readonly make: (replicas: number) => Cluster;
}

export const arbiterChoices = {
  'view-service': {
    meaning: 'a view service of our own',
    replicas: 3,
    min: 1,
    max: 9,
    make: (replicas) => new ViewCluster(replicas),
  },
  etcd: {
    meaning: 'etcd, which must be installed: servers hold leases',
    replicas: 3,
    min: 1,
    max: 9,
    make: (replicas) => new ArbitratedCluster('etcd', replicas),
  },
  zookeeper: {
    meaning: 'ZooKeeper, which must be installed',
    replicas: 3,
    min: 1,
    max: 9,
    make: (replicas) => new ArbitratedCluster('zookeeper', replicas),
  },
  none: {
    meaning: 'nobody: a heartbeat pair, which loses data in a partition',
    replicas: 2,
    min: 2,
    max: 2,
    make: () => new PairCluster(),
  },
} as const satisfies Readonly<Record<string, Arbiter>>;

export type ArbiterName = keyof typeof arbiterChoices;

export const arbiterNames = Object.keys(arbiterChoices) as ArbiterName[];

/** Throws a UsageError when there cannot be so many replicas. */
export function makeCluster(name: ArbiterName, replicas: number | undefined): Cluster {
  const arbiter: Arbiter = arbiterChoices[name];
  const count = replicas ?? arbiter.replicas;
  if (count >= arbiter.min && count <= arbiter.max) return arbiter.make(count);
  const { min, max } = arbiter;
  const range = min === max ? `${min}` : `${min} to ${max}`;
  throw new UsageError(`--replicas: expected ${range} with --arbiter ${name}, got ${count}`);
}
