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
 * - A member of the view that pings 0 has restarted, however quickly: it has lost its state, for good
 *   in this view, whatever it pings later. (Not so the primary of view 1 before it acknowledges: it
 *   has never known a number.) A late copy of an old ping 0 looks the same and is treated the same.
 * - A restart counts before the acknowledgement, too. A backup that restarted gives way at the very
 *   acknowledgement: the primary has done with sending the state, so in this view nobody would send
 *   it again. A primary that restarted has no state to offer and acknowledges nothing any more.
 * - Only the backup of the current view can become primary, for nobody else has the state. When
 *   neither primary nor backup has it any more, the view stays for ever. A primary that is dead and has
 *   no living backup may have it still: the view stays, whoever is idle, until that primary pings again.
 * - Every server that is alive and has no part in the view is idle, and can become backup; so can a
 *   member that restarted. Which of several becomes backup is free.
 * - The number of the view rises only when its primary or its backup is another one. So a backup that
 *   restarted is not that of the very next view with the same primary, but can be that of the one after it.
 * - A ping with a number greater than that of the view, from whomever, tells of a view that this view
 *   service does not know: it has restarted and forgotten it, and others may be serving in it. From
 *   then on it makes no view any more, not even view 1, for as long as it runs.
 * - A server without a part in the view is forgotten when it is dead: there is room for those that come
 *   after it, however many have come and gone. One more than `maxServers` is refused with `overloaded`, but
 *   for a ping that tells of an unknown view, which counts whoever sends it. (No scenario checks that refusal.)
 */
import { RpcError } from '../runtime/errors';
import type { Address } from '../runtime/node';
import { noView, type View } from './api';

/** So many servers are remembered at the most, whatever they call themselves. */
export const maxServers = 250;

/** What is known of a server that pings. */
export interface ServerRecord {
  readonly server: Address;
  // solution: begin
  // stub: // Add what the rules have to know.
  /** Ticks since its last ping. */
  readonly missedPings: number;
  /** It is a member of the current view and pinged 0: it lost the state that the view relies on. */
  readonly restarted: boolean;
  // solution: end
}

/** All that the view service remembers. Plain data: it may be written down as JSON and read again. */
export interface ViewState {
  readonly view: View;
  /** The primary of the view has pinged with its number. Until then the view must stay. */
  readonly acknowledged: boolean;
  /** Everybody heard of lately, in the order in which they came. */
  readonly servers: readonly ServerRecord[];
  // solution: begin
  // stub: // Add what else the rules have to know.
  /** Somebody has pinged the number of a view that is not known here: nothing changes any more. */
  readonly hasForgotten?: true;
  // solution: end
}

export const initialState: ViewState = { view: noView, acknowledged: false, servers: [] };

/**
 * A server pinged with `viewnum`, the newest view number that it knows: what comes of it. Throws
 * RpcError `overloaded` when `maxServers` others are remembered.
 */
export function ping(
  state: ViewState,
  server: Address,
  viewnum: number,
  deadPings: number,
): ViewState {
  // solution: begin
  // stub: throw notImplemented('viewservice/rules.ts', 'rules.ping');
  if (state.hasForgotten || viewnum > state.view.viewnum) return { ...state, hasForgotten: true };
  const before = state.servers.find((record) => record.server === server);
  const restarted = (before?.restarted ?? false) || isRestart(state, server, viewnum);
  const record = { server, missedPings: 0, restarted };
  const servers = before
    ? state.servers.map((other) => (other === before ? record : other))
    : [...withRoom(state.servers), record];

  if (state.view.viewnum === 0) return { ...state, servers, view: firstView(server) };
  // A primary that lost its memory has no state to offer, so it cannot acknowledge anything.
  const acknowledges =
    server === state.view.primary && viewnum === state.view.viewnum && !restarted;
  return advance(
    { ...state, servers, acknowledged: state.acknowledged || acknowledges },
    deadPings,
  );
  // solution: end
}

/** One ping interval has passed: what comes of it. */
export function tick(state: ViewState, deadPings: number): ViewState {
  // solution: begin
  // stub: throw notImplemented('viewservice/rules.ts', 'rules.tick');
  if (state.hasForgotten) return state;
  const servers = state.servers
    .map((record) => ({ ...record, missedPings: record.missedPings + 1 }))
    // Nobody waits for a dead server that has no part in the view: forget it.
    .filter((record) => isMember(state.view, record.server) || isAlive(record, deadPings));
  return advance({ ...state, servers }, deadPings);
  // solution: end
}

// solution: begin
function isMember(view: View, server: Address): boolean {
  return server === view.primary || server === view.backup;
}

function isAlive(record: ServerRecord, deadPings: number): boolean {
  return record.missedPings < deadPings;
}

/**
 * A member of the view that pings 0 has restarted with empty memory, however quickly. The exception
 * is the primary of view 1 before its acknowledgement: it has pinged nothing but 0 so far.
 */
function isRestart({ view, acknowledged }: ViewState, server: Address, viewnum: number): boolean {
  const isNewcomer = view.viewnum === 1 && !acknowledged;
  return viewnum === 0 && isMember(view, server) && !isNewcomer;
}

/** Whoever pings first, and 0, as does everybody before it: so nobody has data that would be lost. */
function firstView(server: Address): View {
  return { viewnum: 1, primary: server, backup: null };
}

/** The records, if there is room for one more: what a ping costs goes by how many there are. */
function withRoom(servers: readonly ServerRecord[]): readonly ServerRecord[] {
  if (servers.length < maxServers) return servers;
  throw new RpcError(
    'overloaded',
    `${servers.length} servers ping here already; one more is taken when one of them is dead`,
  );
}

/** Makes the next view if one is needed and allowed. */
function advance(state: ViewState, deadPings: number): ViewState {
  if (!state.acknowledged) return state;
  const next = nextMembers(state, deadPings);
  const { view } = state;
  if (next === undefined) return state;
  if (next.primary === view.primary && next.backup === view.backup) return state;
  return {
    view: { viewnum: view.viewnum + 1, ...next },
    acknowledged: false,
    // Whoever restarted starts anew in the new view: as its backup, or idle.
    servers: state.servers.map((record) => ({ ...record, restarted: false })),
  };
}

type Members = Omit<View, 'viewnum'>;

/** Who should be primary and backup; undefined when no server that is alive has the state. */
function nextMembers({ view, servers }: ViewState, deadPings: number): Members | undefined {
  const alive = servers.filter((record) => isAlive(record, deadPings));
  const keepsState = (server: Address | null) =>
    alive.some((record) => record.server === server && !record.restarted);
  const idle = alive.map((record) => record.server).filter((server) => !isMember(view, server));

  if (keepsState(view.primary)) {
    const backup = keepsState(view.backup) ? view.backup : (idle[0] ?? null);
    return { primary: view.primary, backup };
  }
  if (keepsState(view.backup)) {
    // The old primary may be back already, with empty memory: good enough for a backup.
    const returned = alive.find((record) => record.server === view.primary)?.server;
    return { primary: view.backup, backup: idle[0] ?? returned ?? null };
  }
  return undefined;
}
// solution: end
