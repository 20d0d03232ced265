/** The system of part 0: two servers that watch each other by heartbeats, and nobody else. */
import type { SystemKind } from '../../worlds/systems';
import { pairClientRole, pairServerRole } from '../primary-backup/roles';

export const pairSystem: SystemKind = {
  ...{ name: 'pair', servers: 2, saysRoles: true },
  properties: ['linearizable', 'one-primary', 'no-errors'],
  server: (_name, servers) => pairServerRole(servers),
  client: (servers) => pairClientRole(servers),
};
