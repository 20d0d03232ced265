/**
 * The agreement of the replicas, in one key that is changed only by compare-and-swap: the state of the
 * rules of the view service, and the incarnation of each server. Pure: observations go in, the text
 * to write comes out.
 *
 * Why it is safe: a session's key exists before any agreement names the session. So a server that reads an
 * agreement first and the list of sessions afterwards, and misses a session there, knows that it has
 * ended; a session never comes back; and a server that comes back with a new one changes the
 * agreement, so that a decision made from the old one no longer fits.
 *
 * The rules and what they remember are the student's: here they are known by their functions and by
 * what every copy of them declares. A live server pings, one that is gone does not, and time passes.
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

/** An incarnation of a server, and the session by which others know that it lasts. */
export interface SessionMember {
  readonly server: Address;
  /** Made anew whenever the server starts with empty memory. */
  readonly incarnation: string;
  readonly session: string;
  /** True: its session has ended, and the rules know; the member keeps its place, as nobody can take it. */
  readonly gone?: true;
}

export interface Agreement {
  readonly state: ViewState;
  readonly members: readonly SessionMember[];
}

/** After how many ticks without a ping the rules take a server for dead: as with a view service. */
const deadPings = 5;
/** By then they have, also those that count a little differently. */
const ticksUntilDead = deadPings + 3;

/** The fields that the rules declare in every solution; other fields there are theirs. */
const DeclaredState = v.looseObject({
  view: View,
  acknowledged: v.boolean(),
  servers: v.array(v.looseObject({ server: Address })),
});

const Stored = v.object({
  state: v.custom<ViewState>((state) => v.is(DeclaredState, state)),
  members: v.array(
    v.object({
      server: Address,
      incarnation: v.string(),
      session: v.string(),
      gone: v.exactOptional(v.literal(true)),
    }),
  ),
});

/** Throws when the rules remember something that does not come back from JSON as it was. */
export function encode(agreement: Agreement): string {
  return JSON.stringify(agreement, (name, value: unknown) => {
    if (isPlain(value)) return value;
    const what = typeof value === 'number' ? String(value) : kindOf(value);
    throw new Error(
      `viewservice/rules.ts: expected a state of plain objects, arrays, texts and finite numbers, ` +
        `got ${what} in ${JSON.stringify(name)}: an arbiter keeps the state as JSON`,
    );
  });
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'object' && value !== null) return /^(Object|Array)$/.test(kindOf(value));
  return typeof value !== 'function' && typeof value !== 'symbol' && typeof value !== 'bigint';
}

/** `Map`, `Set`, `Object`, ...: also for objects that were made in a sandbox. */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** The agreement in the key; undefined when the key is empty. Throws when it holds something else. */
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

/** The agreement's member of this server; undefined when it was found dead, and replaced if it mattered. */
export function memberAt(
  agreement: Agreement | undefined,
  server: Address,
): SessionMember | undefined {
  return agreement?.members.find((member) => member.server === server);
}

/** Takes out whoever's session has ended. `living` was read after the agreement. */
export function census(rules: Rules, agreement: Agreement, living: ReadonlySet<string>): Agreement {
  const isNews = ({ session, gone }: SessionMember) => gone === undefined && !living.has(session);
  if (!agreement.members.some(isNews)) return agreement;
  const members = agreement.members.map((member): SessionMember => {
    return isNews(member) ? { ...member, gone: true } : member;
  });
  let { state } = agreement;
  for (let ticks = 0; ticks < ticksUntilDead; ticks += 1) {
    state = afterInterval(rules, { state, members });
  }
  // A member of the view that nobody can replace keeps its place: it may come back with its state.
  const { primary, backup } = state.view;
  const stays = ({ server, gone }: SessionMember) =>
    gone === undefined || server === primary || server === backup;
  return { state, members: members.filter(stays) };
}

/** A server reports with the newest view number that it knows: 0 when it has just started. */
export function report(
  rules: Rules,
  agreement: Agreement | undefined,
  me: SessionMember,
  viewnum: number,
): Agreement {
  const before = agreement ?? { state: rules.initialState, members: [] };
  const known = memberAt(before, me.server);
  // Whatever it says, a new incarnation starts with nothing.
  const isNew = known?.incarnation !== me.incarnation;
  const state = rules.ping(before.state, me.server, isNew ? 0 : viewnum, deadPings);
  const members = known
    ? before.members.map((member) => (member === known ? me : member))
    : [...before.members, me];
  // Some rules make a new view only when time passes. Where they make none, none has passed.
  const later = afterInterval(rules, { state, members });
  return { state: later.view.viewnum === state.view.viewnum ? state : later, members };
}

/**
 * An interval passes, in which everybody pings but those who are gone. A primary that has not
 * acknowledged its view need not: whether it lives matters only when it does.
 */
function afterInterval(rules: Rules, { state, members }: Agreement): ViewState {
  const { view, acknowledged } = state;
  // Nobody has a number to ping with yet: what comes of 0 is for reports to say.
  if (view.viewnum === 0) return state;
  const pinging = members.filter(
    ({ server, gone }) => gone === undefined && (acknowledged || server !== view.primary),
  );
  return pinging.reduce(
    (reached, { server }) => rules.ping(reached, server, knownTo(server, reached), deadPings),
    rules.tick(state, deadPings),
  );
}

/**
 * A view number with which this server shows that it lives, and nothing else: only a report
 * acknowledges a view, and only a new incarnation is a restart.
 */
function knownTo(server: Address, { view, acknowledged }: ViewState): number {
  return acknowledged && server === view.primary ? view.viewnum : view.viewnum - 1;
}
