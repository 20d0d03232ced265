/** Puts a system together: nodes, what the clients do, and the state from which to explore. */

import type { NodeHost } from '../../nodes/node-host';
import type { Role } from '../../nodes/role';
import { type SystemKind, systemNamed } from '../systems';
import { pingIntervalMs } from '../timing';
import { ClientHistories, textOfOperation } from './client-histories';
import { GlobalState } from './global-state';
import { LocalStates } from './local-states';
import { type BelievedView, Paths, saidBy } from './node-paths';
import { Observer, type SeenViews } from './observer';
import { operationsOfLetters, type Setting } from './setting';
import type { WatchedCode } from './watchdog';

export interface Onlooker extends WatchedCode {
  /** Judges what can be seen from outside alone, not what nodes say of themselves: no invariants of the lab. */
  readonly fromOutside?: boolean;
}

export interface SystemOptions extends Onlooker {
  readonly host: NodeHost;
  readonly setting: Setting;
  readonly merging: boolean;
  readonly unmerged?: ReadonlySet<string>;
  /** Keeps what people may read of nodes. */
  readonly shown?: boolean;
}

/** Node 0 decides on the views, if somebody does; servers come next, then clients; the last one reads in the end. */
export interface System {
  readonly setting: Setting;
  readonly kind: SystemKind;
  readonly names: readonly string[];
  readonly roles: readonly Role[];
  readonly observer: Observer;
  readonly locals: LocalStates;
  readonly paths: Paths;
  readonly histories: ClientHistories;
  readonly state: GlobalState;
  readonly reader: number;
}

export function makeSystem({ setting, host, ...options }: SystemOptions): System {
  const { servers, work, seed, arbiter } = setting;
  const { invariants, ...plain } = systemNamed(setting.system);
  const kind: SystemKind =
    options.fromOutside || invariants === undefined ? plain : { ...plain, invariants };
  if (setting.crashes > (kind.crashes ?? setting.crashes)) {
    throw new Error(
      `expected at most ${kind.crashes} crashes for the system ${kind.name}, got ${setting.crashes}`,
    );
  }
  const serverNames = Array.from({ length: servers }, (_, i) => `s${i + 1}`);
  const clientNames = [...work.map((_, i) => `c${i + 1}`), 'reader'];
  const nodes = [
    ...(kind.decider === undefined ? [] : [kind.decider]),
    ...serverNames.map((name) => ({ name, role: kind.server(name, serverNames) })),
    ...clientNames.map((name) => ({ name, role: kind.client(serverNames) })),
  ];
  const names = nodes.map(({ name }) => name);
  const roles = nodes.map(({ role }) => role);
  const isArbitrated = arbiter !== undefined;
  const observer = new Observer(serverNames, isArbitrated);
  const locals = new LocalStates({
    ...{ ...options, nodes, host, seed, observer, tickIntervalMs: pingIntervalMs },
    shown: options.shown === true || kind.saysRoles === true || kind.invariants !== undefined,
  });
  const invocations = [...work, 'g'].map((letters, client) =>
    (operationsOfLetters(letters, client) ?? []).map((one) =>
      locals.contents.id(textOfOperation(one)),
    ),
  );
  const histories = new ClientHistories(
    clientNames,
    (id) => locals.contents.text(id),
    kind.properties.includes('linearizable'),
  );
  const firstClient = names.length - clientNames.length;
  const state = new GlobalState({
    ...{ locals, histories, invocations, tickIntervalMs: pingIntervalMs, firstClient },
    nodeCount: names.length,
    firstServer: firstClient - servers,
    ticking: (1 << firstClient) - 1,
    timed: isArbitrated ? (1 << firstClient) - 1 : 0,
    workMask: (1 << (4 * work.length)) - 1,
    workDone: work.reduce((sum, { length }, i) => sum + (length << (4 * i)), 0),
  });
  const parts = { observer, locals, paths: new Paths(locals), histories, state };
  return { setting, kind, names, roles, ...parts, reader: names.length - 1 };
}

/** The newest view that somebody was told; none where nobody decides on views. */
export function viewsIn({ state, observer, locals, kind }: System): SeenViews {
  const service = kind.decider === undefined ? observer.nothing : undefined;
  return observer.viewsOf(service ?? (locals.observations.words[state.ids[0] as number] as number));
}

export const isServer = ({ state }: System, node: number): boolean =>
  node >= state.spec.firstServer && node < state.spec.firstClient;

/** The belief of a server about its role; null: nobody told it yet, or the node is no server. */
export function beliefOf(system: System, node: number): BelievedView | null {
  const { state, locals, paths, names, kind } = system;
  const id = state.ids[node] as number;
  if (!isServer(system, node) || locals.isBlank(id)) return null;
  if (kind.saysRoles === true) return saidBy(locals.shownIn(id)?.inspected);
  return paths.toldTo(names[node] as string, id);
}
