/** The nodes of the lecture: a view service, replicas and their clients; and a heartbeat pair with its own. */
import type { Program, Role } from '../../nodes/role';
import type { Address } from '../../runtime/node';
import { deadPings, pingIntervalMs } from '../../worlds/timing';

const viewServer: Program = {
  file: 'viewservice/node.ts',
  factory: 'viewServerNode',
  is: 'decider',
  main: 'viewservice/main',
};
const replica: Program = {
  file: 'pbservice/node.ts',
  factory: 'replicaNode',
  is: 'server',
  main: 'pbservice/main',
};
const client: Program = {
  file: 'client/node.ts',
  factory: 'clientNode',
  is: 'client',
  main: 'client/main',
};
const pairServer: Program = {
  file: 'pbservice/heartbeat-pair/node.ts',
  factory: 'pairServerNode',
  is: 'server',
};
const pairClient: Program = { file: 'client/pair.ts', factory: 'pairClientNode', is: 'client' };

export const viewServerRole: Role = {
  program: viewServer,
  options: { pingIntervalMs, deadPings },
};

export function replicaRole(viewService: Address, intervalMs = pingIntervalMs): Role {
  return { program: replica, options: { viewService, pingIntervalMs: intervalMs } };
}

export function clientRole(viewService: Address): Role {
  return { program: client, options: { viewService } };
}

/** One of the two servers of a heartbeat pair, which has no view service. */
export function pairServerRole(members: readonly Address[]): Role {
  return { program: pairServer, options: { members, pingIntervalMs, deadPings } };
}

export function pairClientRole(members: readonly Address[]): Role {
  return { program: pairClient, options: { members } };
}
