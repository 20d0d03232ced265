/**
 * Which programs nodes run where a coordination service decides: the node that is elsewhere the view
 * service is the model of it, and replicas and clients reach it through the arbiter.
 */
import type { Rules } from '../../../arbiter/agreement';
import { askingArbiter } from '../../../arbiter/client';
import { underArbiter } from '../../../arbiter/replica';
import type { Address, Boot } from '../../../runtime/node';
import { bootOf } from '../simulated/node-programs';
import type { NodeModules } from '../simulated/sandbox';
import type { Role } from '../world';
import { ModelClient } from './client';
import { coordinationNode, etcdLike, zooKeeperLike } from './service';
import { Store } from './store';

export const modelNames = ['etcd', 'zookeeper'] as const;
export type ModelName = (typeof modelNames)[number];

/** Missed pings after which a lease ends. */
const deadPings = 5;

/** For one world: what the service remembers outlives its crashes. */
export function arbitratedPrograms(model: ModelName): (role: Role, modules: NodeModules) => Boot {
  const store = new Store();
  const kind = model === 'etcd' ? etcdLike : zooKeeperLike;
  return (role, modules) => {
    if (role.kind === 'view-service') return coordinationNode(store, kind);
    const boot = bootOf(role, modules);
    if (role.kind === 'client') {
      return askingArbiter(boot, (runtime) => new ModelClient(runtime, role.viewService));
    }
    if (role.kind !== 'replica') return boot;
    const ttlMs = deadPings * role.pingIntervalMs;
    return (runtime) => {
      const rules = modules.load('viewservice/rules.ts', runtime) as unknown as Rules;
      const client = new ModelClient(runtime, role.viewService as Address);
      const program = underArbiter(boot, { open: () => client, rules, ttlMs })(runtime);
      return { ...program, serves: [...program.serves, client.watching] };
    };
  };
}
