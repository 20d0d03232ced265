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
import { coordinationNode, etcdLike, type Kind, zooKeeperLike } from './service';
import { Store } from './store';

type Programs = (role: Role, modules: NodeModules) => Boot;

export const modelNames = ['etcd', 'zookeeper'] as const;
export type ModelName = (typeof modelNames)[number];

/** The tick of all nodes that are explored, in milliseconds. */
const exploredTickMs = 100;

/** Missed pings after which a lease ends. */
const deadPings = 5;

/** For one world: what the service remembers outlives its crashes. */
export function arbitratedPrograms(model: ModelName): Programs {
  const store = new Store();
  const kind = model === 'etcd' ? etcdLike : zooKeeperLike;
  return programsWith((runtime) => coordinationNode(store, kind)(runtime));
}

/**
 * For an explorer, where many lives of one node go on at the same time: each life of the service has a
 * memory of its own. It does not crash, is as slow as it may be in letting readers see what is new, and
 * as quick as it may be in ending sessions.
 */
export function exploredPrograms(model: ModelName): Programs {
  const { trust, lagMs } = model === 'etcd' ? etcdLike : zooKeeperLike;
  const kind: Kind = {
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

function programsWith(service: Boot): Programs {
  return (role, modules) => {
    if (role.kind === 'view-service') return service;
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
