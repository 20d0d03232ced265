/** Runs a stepped world: as usual, to where something is so, or along a schedule. */
import type { TraceEvent } from '../../../runtime/trace';
import type { Failure } from '../scenario/failure';
import { deadPings, pingIntervalMs } from '../scenario/lab';
import { type Action, objection, usual } from './actions';
import type { LocalStates } from './local-states';
import { actionNamed, type Named } from './schedule';
import { step } from './step';
import { initialState, isClient, type Setting, type WorldState } from './world-state';

/** Virtual time within which the first pair must stand, in milliseconds. */
const stagingLimitMs = 10_000;
/** After that every server has told the view service that it is there. */
const settlingMs = 2 * pingIntervalMs;
/** Events that `until` waits for what it names. */
const maxUntil = 2_000;

/** The state from which a debugger begins, and what happened before. */
export interface Beginning {
  readonly world: WorldState;
  readonly events: readonly TraceEvent[];
}

/** A failure: there is no such state, although there was no fault. */
export async function begin(setting: Setting, locals: LocalStates): Promise<Beginning | Failure> {
  let state = initialState(setting);
  const events: TraceEvent[] = [];
  if (!setting.staged) return { world: state, events };
  let readyMs = Number.POSITIVE_INFINITY;
  while (state.nowMs < readyMs + settlingMs || !isIdle(state)) {
    if (isReady(state)) readyMs = Math.min(readyMs, state.nowMs);
    if (state.nowMs > stagingLimitMs) return notReady(state);
    const action = usual(withoutWork(state));
    if (action === undefined) return notReady(state);
    const made = await step(state, action, locals);
    state = made.state;
    events.push(...made.events);
    if (state.broken[0] !== undefined) return state.broken[0];
  }
  return { world: state, events };
}

function notReady({ broken, setting }: WorldState): Failure {
  const what = setting.pair
    ? 'a primary and its backup'
    : 'an acknowledged view with primary and backup';
  return (
    broken[0] ?? {
      kind: 'stuck',
      expected: `${what} within ${stagingLimitMs / 1_000} s, without any fault`,
      actual: 'none came',
    }
  );
}

/** Clients do not begin before the servers are ready. */
function withoutWork(state: WorldState): WorldState {
  return { ...state, messages: state.messages.filter(({ kind }) => kind !== 'invoke') };
}

function isIdle(state: WorldState): boolean {
  if (withoutWork(state).messages.length > 0) return false;
  return state.nodes.every(({ nextTickMs }) => nextTickMs === null || nextTickMs > state.nowMs);
}

function isReady({ setting, view, acknowledged, nodes }: WorldState): boolean {
  if (setting.pair) {
    const roles = nodes.map(({ belief }) => belief?.role);
    return roles.includes('primary') && roles.includes('backup');
  }
  return acknowledged && (view.backup !== null || setting.servers === 1);
}

/** What a step of a schedule means, action by action; undefined: it does not fit. */
export type Takes = (action: Action) => Promise<WorldState>;

/**
 * Goes along the steps, taking each action through `take`. Resolves with the number of the first step
 * that does not fit, from 1, and why; null: all of them do.
 */
export async function follow(
  from: WorldState,
  steps: readonly Named[],
  take: Takes,
): Promise<{ readonly step: number; readonly name: string; readonly why: string } | null> {
  let state = from;
  for (const [index, named] of steps.entries()) {
    const misfit = (why: string) => {
      const name = 'usual' in named ? String(named.usual) : named.name;
      return { step: index + 1, name, why };
    };
    if ('usual' in named) {
      for (let i = 0; i < named.usual; i += 1) {
        const action = usual(state);
        if (action === undefined) return misfit('nothing more happens');
        state = await take(action);
      }
      continue;
    }
    if (named.name.startsWith('until.')) {
      const reached = await until(state, named.name.slice('until.'.length), take);
      if (typeof reached === 'string') return misfit(reached);
      state = reached;
      continue;
    }
    const action = actionNamed(state, named.name);
    if (action === undefined) return misfit('there is no such thing in this state');
    const why = objection(state, action);
    if (why !== undefined) return misfit(why);
    state = await take(action);
  }
  return null;
}

/** Lets everything go on as usual until a condition holds; a text: why it never will. */
async function until(from: WorldState, what: string, take: Takes): Promise<WorldState | string> {
  const holds = conditionOf(what);
  if (holds === undefined) return `nobody knows what ${what} means`;
  let state = from;
  for (let count = 0; count < maxUntil; count += 1) {
    if (holds(state)) return state;
    const action = usual(state);
    if (action === undefined) return 'nothing more happens';
    state = await take(action);
  }
  return `it did not come within ${maxUntil} events`;
}

function conditionOf(what: string): ((state: WorldState) => boolean) | undefined {
  const [word = '', name = ''] = what.split('.');
  const view = /^view(\d{1,6})$/.exec(word)?.[1];
  if (view !== undefined) return (state) => state.view.viewnum >= Number(view);
  switch (word) {
    case 'acknowledged':
      return ({ acknowledged }) => acknowledged;
    case 'quiet':
      return ({ messages }) => messages.every(({ isHeld }) => isHeld);
    case 'done':
      return ({ nodes }) =>
        nodes.every(
          (node) => !isClient(node) || (name !== '' && node.name !== name) || !node.operation,
        );
    case 'primary':
    case 'backup':
      return ({ nodes }) => nodes.some((node) => node.name === name && node.belief?.role === word);
    case 'sent':
      return ({ messages }) =>
        messages.some(({ from, to, kind }) => kind === 'request' && `${from}-${to}` === name);
    default:
      return undefined;
  }
}

/** How long it takes, in milliseconds, until a server that says nothing counts as dead. */
export const deadAfterMs = (deadPings + 1) * pingIntervalMs;
