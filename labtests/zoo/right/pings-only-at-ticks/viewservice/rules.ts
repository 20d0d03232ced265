/**
 * The rules of the view service, without a clock and without a network: a ping or a tick goes in,
 * the next state comes out. (After the view service of MIT 6.824 lab 2.)
 *
 * - In view 0 the first server that pings 0 becomes primary of view 1, which has no backup.
 * - A server is dead when `deadPings` ticks have passed since its last ping.
 * - The primary acknowledges a view by pinging with its number. Until then the view stays, however
 *   dead its members look.
 * - A view that is acknowledged gives way to the next one, whose number is one higher, when its
 *   primary or its backup is dead or has restarted, or when it has no backup and an idle server is
 *   alive. Everything that has to change changes in one step.
 * - A member of the view that pings 0 has restarted, however quickly: it has lost its state. (Not so
 *   the primary of view 1 before it acknowledges: it has never known a number.)
 * - Only the backup of the current view can become primary, for nobody else has the state. When
 *   neither primary nor backup has it any more, the view stays for ever.
 * - Every server that is alive and has no part in the view is idle, and can become backup; so can a
 *   member that restarted.
 * - Successive views differ in their members.
 * - A ping with a number that is greater than that of the view tells of views that were forgotten here:
 *   from then on there are no new ones.
 */
import type { Address } from '../runtime/node';
import { noView, type View } from './api';

/** What is known of a server that pings. */
export interface ServerRecord {
  readonly server: Address;
  readonly ticksSincePing: number;
  /** It is member of the view and pinged 0: its memory is empty. */
  readonly restarted: boolean;
}

/** All that the view service remembers. */
export interface ViewState {
  readonly view: View;
  /** The primary of the view has pinged with its number. Until then the view must stay. */
  readonly acknowledged: boolean;
  /** Everybody heard of lately, in the order in which they came. */
  readonly servers: readonly ServerRecord[];
  /** Somebody knows of a later view than this. */
  readonly isOver?: boolean;
}

export const initialState: ViewState = { view: noView, acknowledged: false, servers: [] };

/** A server pinged with `viewnum`, the newest view number that it knows: what comes of it. */
export function ping(
  state: ViewState,
  server: Address,
  viewnum: number,
  deadPings: number,
): ViewState {
  const { view } = state;
  if (state.isOver || viewnum > view.viewnum) return { ...state, isOver: true };
  const known = state.servers.find((record) => record.server === server);
  if (view.viewnum === 0) {
    const servers = [{ server, ticksSincePing: 0, restarted: false }];
    return { view: { viewnum: 1, primary: server, backup: null }, acknowledged: false, servers };
  }
  const isMember = server === view.primary || server === view.backup;
  const neverAcknowledged = view.viewnum === 1 && server === view.primary && !state.acknowledged;
  const restarted =
    isMember && !neverAcknowledged && (viewnum === 0 || (known?.restarted ?? false));
  const record = { server, ticksSincePing: 0, restarted };
  const servers = known
    ? state.servers.map((other) => (other === known ? record : other))
    : [...state.servers, record];
  const acknowledged =
    state.acknowledged || (server === view.primary && viewnum === view.viewnum && !restarted);
  return next({ view, acknowledged, servers }, deadPings);
}

/** One ping interval has passed: what comes of it. */
export function tick(state: ViewState, deadPings: number): ViewState {
  const servers = state.servers
    .map((record) => ({ ...record, ticksSincePing: record.ticksSincePing + 1 }))
    .filter(
      ({ server, ticksSincePing }) =>
        ticksSincePing < deadPings || server === state.view.primary || server === state.view.backup,
    );
  return next({ ...state, servers }, deadPings);
}

/** Makes the next view, if there has to be one and may be one. */
function next(state: ViewState, deadPings: number): ViewState {
  const { view } = state;
  if (state.isOver || !state.acknowledged) return state;
  const alive = state.servers.filter((record) => record.ticksSincePing < deadPings);
  const holds = (server: Address | null) =>
    alive.some((record) => record.server === server && !record.restarted);
  const primary = holds(view.primary) ? view.primary : holds(view.backup) ? view.backup : null;
  if (primary === null) return state;
  const backup =
    primary === view.primary && holds(view.backup)
      ? view.backup
      : (alive.find(
          ({ server, restarted }) =>
            server !== primary &&
            server !== view.backup &&
            !(server === view.primary && !restarted),
        )?.server ?? null);
  if (primary === view.primary && backup === view.backup) return state;
  return {
    view: { viewnum: view.viewnum + 1, primary, backup },
    acknowledged: false,
    servers: state.servers.map((record) => ({ ...record, restarted: false })),
  };
}
