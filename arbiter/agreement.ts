/**
 * What the replicas agree on, in one key that is changed only by compare-and-swap: the state of the
 * rules of the view service, and who every server is. Pure: what was seen goes in, what to write
 * comes out.
 *
 * Why it is safe: a session's key exists before any agreement names the session. So whoever reads an
 * agreement first and the list of sessions afterwards, and misses a session there, knows that it has
 * ended; a session never comes back; and a server that comes back with a new one changes the
 * agreement, so that a decision made from the old one no longer fits.
 */
import * as v from 'valibot';
import { Address } from '../runtime/node';
import { noView, View } from '../viewservice/api';
import type { ViewState } from '../viewservice/rules';

/** The rules of the view service, which are the student's. */
export interface Rules {
  readonly initialState: ViewState;
  ping(state: ViewState, server: Address, viewnum: number, deadPings: number): ViewState;
  tick(state: ViewState, deadPings: number): ViewState;
}

/** A life of a server, and the session by which others know that it lasts. */
export interface Member {
  readonly server: Address;
  /** Made anew whenever the server starts with empty memory. */
  readonly incarnation: string;
  readonly session: string;
}

export interface Agreement {
  readonly state: ViewState;
  readonly members: readonly Member[];
}

/** A lease that is gone is death, whatever it was that kept the server from renewing it. */
const deadPings = 1;

const Stored = v.object({
  state: v.object({
    view: View,
    acknowledged: v.boolean(),
    servers: v.array(
      v.object({ server: Address, missedPings: v.number(), restarted: v.boolean() }),
    ),
  }),
  members: v.array(v.object({ server: Address, incarnation: v.string(), session: v.string() })),
});

export function encode(agreement: Agreement): string {
  return JSON.stringify(agreement);
}

/** What stands in the key; undefined when nothing does. Throws when it is something else. */
export function decode(text: string | null): Agreement | undefined {
  if (text === null) return undefined;
  try {
    return v.parse(Stored, JSON.parse(text));
  } catch {
    throw new Error(
      `expected the state of a viewlab cluster, got ${JSON.stringify(text.slice(0, 80))}: ` +
        'choose another path, or delete the key',
    );
  }
}

export function viewOf(agreement: Agreement | undefined): View {
  return agreement?.state.view ?? noView;
}

/** What the agreement has of a server; undefined when it was found dead, and replaced if it mattered. */
export function memberAt(agreement: Agreement | undefined, server: Address): Member | undefined {
  return agreement?.members.find((member) => member.server === server);
}

/** Takes out whoever's session has ended. `living` was read after the agreement. */
export function census(rules: Rules, agreement: Agreement, living: ReadonlySet<string>): Agreement {
  const isGone = (server: Address) => {
    const member = memberAt(agreement, server);
    return member === undefined || !living.has(member.session);
  };
  const before = agreement.state;
  if (!before.servers.some(({ server }) => isGone(server))) return agreement;
  // One interval passes, for which everybody has pinged but those who are gone.
  const servers = before.servers.map((record) => ({
    ...record,
    missedPings: isGone(record.server) ? deadPings - 1 : -1,
  }));
  const state = rules.tick({ ...before, servers }, deadPings);
  // A member of the view that nobody can replace keeps its place: it may come back with its state.
  const { primary, backup } = state.view;
  const stays = ({ server }: { server: Address }) =>
    !isGone(server) || server === primary || server === backup;
  return {
    state: { ...state, servers: state.servers.filter(stays) },
    members: agreement.members.filter(stays),
  };
}

/** A server reports with the newest view number that it knows: 0 when it has just started. */
export function report(
  rules: Rules,
  agreement: Agreement | undefined,
  me: Member,
  viewnum: number,
): Agreement {
  const { state, members } = agreement ?? { state: rules.initialState, members: [] };
  const known = members.find(({ server }) => server === me.server);
  // Whatever it says, a new incarnation starts with nothing.
  const isNew = known?.incarnation !== me.incarnation;
  const next = rules.ping(state, me.server, isNew ? 0 : viewnum, deadPings);
  return {
    state: next,
    members: known ? members.map((member) => (member === known ? me : member)) : [...members, me],
  };
}
