/**
 * The programs of nodes where a coordination service decides: the node that is elsewhere the view
 * service is the model of that service, and replicas and clients reach it through the arbiter.
 */
import type { Rules } from '../../arbiter/agreement';
import { askingArbiter } from '../../arbiter/client';
import { underArbiter } from '../../arbiter/replica';
import { bootOf } from '../../nodes/node-programs';
import type { Role } from '../../nodes/role';
import type { NodeModules } from '../../nodes/sandbox/sandbox';
import type { Address, Boot } from '../../runtime/node';
import { deadPings, pingIntervalMs } from '../timing';
import { ModelClient } from './client';
import { type CoordinationTraits, coordinationNode, etcdLike, zooKeeperLike } from './service';
import { Store } from './store';

type Programs = (role: Role, modules: NodeModules) => Boot;

export const modelNames = ['etcd', 'zookeeper'] as const;
export type CoordinationModel = (typeof modelNames)[number];

/** The tick of all nodes that are explored, in milliseconds. */
const exploredTickMs = 100;

/** How long a lease lasts that nobody renews, in milliseconds. */
const ttlMs = deadPings * pingIntervalMs;

/** For one world: what the service remembers outlives its crashes. */
export function arbitratedPrograms(model: CoordinationModel): Programs {
  const store = new Store();
  const kind = model === 'etcd' ? etcdLike : zooKeeperLike;
  return programsWith((runtime) => coordinationNode(store, kind)(runtime));
}

/**
 * For an explorer, where many incarnations of one node go on at the same time: each incarnation of the service has a
 * memory of its own. It does not crash, is as slow as it may be in letting readers see what is new, and
 * as quick as it may be in ending sessions.
 */
export function exploredPrograms(model: CoordinationModel): Programs {
  const { trust, lagMs } = model === 'etcd' ? etcdLike : zooKeeperLike;
  const kind: CoordinationTraits = {
    trust,
    lagMs,
    lateMs: 0,
    newsMs: 0,
    newsLost: 0,
    tickIntervalMs: exploredTickMs,
    always: 1,
  };
  return programsWith((runtime) => coordinationNode(new Store(), kind)(runtime));
}

function programsWith(coordination: Boot): Programs {
  return (role, modules) => {
    if (role.program.is === 'decider') return coordination;
    const boot = bootOf(role, modules);
    // The model stands where the view service would.
    const service = role.options.viewService as Address;
    if (role.program.is === 'client') {
      return askingArbiter(boot, (runtime) => new ModelClient(runtime, service));
    }
    return (runtime) => {
      const rules = modules.load('viewservice/rules.ts', runtime) as unknown as Rules;
      const client = new ModelClient(runtime, service);
      const program = underArbiter(boot, { open: () => client, rules, ttlMs })(runtime);
      return { ...program, serves: [...program.serves, client.watching] };
    };
  };
}
