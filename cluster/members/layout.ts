/** The program of each process of the cluster, with its arguments. */
import path from 'node:path';
import type { Address } from '../../runtime/node';

const launcher = path.resolve(__dirname, '..', '..', 'scripts', 'run.cjs');

/** The arguments of `node` for the view service. */
export function viewServiceArguments(): string[] {
  return [launcher, 'viewservice/main'];
}

/** The same for a replica. */
export function replicaArguments(viewService: Address): string[] {
  return [launcher, 'pbservice/main', '--viewservice', viewService];
}

/** The same for a replica under a coordination service. */
export function arbitratedReplicaArguments(arbiterUrl: string): string[] {
  return [launcher, 'pbservice/main', '--arbiter', arbiterUrl];
}

/** The same for a server of a heartbeat pair. */
export function pairServerArguments(members: readonly Address[]): string[] {
  return [launcher, 'pbservice/heartbeat-pair/main', '--pair', members.join(',')];
}

export const viewServiceName = 'vs';

/** s1, s2, ...: the names of the replicas, in the order in which they start. */
export function replicaNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `s${index + 1}`);
}
