/** Which program a node of each role runs. */
import type { Boot } from '../../../runtime/node';
import type { Role } from '../world';
import type { NodeModules } from './sandbox';

const nodeFiles = {
  'view-service': { file: 'viewservice/node.ts', factory: 'viewServerNode' },
  replica: { file: 'pbservice/node.ts', factory: 'replicaNode' },
  client: { file: 'client/node.ts', factory: 'clientNode' },
  'pair-server': { file: 'pbservice/heartbeat-pair/node.ts', factory: 'pairServerNode' },
  'pair-client': { file: 'client/pair.ts', factory: 'pairClientNode' },
} as const;

/** Boots a node from modules of its own. */
export function bootOf(role: Role, modules: NodeModules): Boot {
  const { file, factory } = nodeFiles[role.kind];
  return (runtime) => {
    const make = modules.load(file, runtime)[factory] as (options: Role) => Boot;
    return make(role)(runtime);
  };
}
