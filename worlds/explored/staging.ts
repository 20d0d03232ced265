/** Brings a system to where exploring starts. */

import type { Failure } from '../../judging/failure';
import type { SystemKind } from '../systems';
import { pingIntervalMs } from '../timing';
import type { Witness } from './closing';
import { missing, violation } from './global-state';
import { beliefOf, type System, viewsIn } from './system';

/** Virtual time within which the first pair must stand, in milliseconds. */
const stagingLimitMs = 10_000;
/** After that every server has told the view service that it is there. */
const settlingMs = 2 * pingIntervalMs;

/**
 * Brings the system to where exploring starts: the view service has an acknowledged view with primary
 * and backup (with one server: with a primary), every server is known, and the clients are about to
 * begin. Without stage, all nodes are about to start and the clients are about to begin. Resolves with
 * what went wrong, although there was no fault yet; null: nothing. The witness is told of each event.
 */
export async function stageSystem(
  system: System,
  witness?: Pick<Witness, 'before' | 'after'>,
): Promise<Failure | null> {
  const { state, locals, names, setting } = system;
  const { staged } = setting;
  const { firstClient } = state.spec;
  state.reset();
  let readyAt = staged ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  while (staged && (state.now < readyAt + settlingMs || !isIdle(system))) {
    if (isReady(system)) readyAt = Math.min(readyAt, state.now);
    if (state.now > stagingLimitMs) return notReady(system.kind);
    state.peek();
    witness?.before();
    let outcome = state.apply();
    while (outcome === missing) {
      await locals.execute(state.missingState, state.missingInput);
      outcome = state.apply();
    }
    witness?.after();
    if (outcome === violation) return locals.violations.get(state.transition) ?? null;
  }
  for (let client = firstClient; client < names.length - 1; client += 1) {
    state.enqueueInvocation(client);
  }
  return null;
}

function notReady({ decider }: SystemKind): Failure {
  const what =
    decider === undefined
      ? 'a primary and its backup'
      : 'an acknowledged view with primary and backup';
  return {
    kind: 'stuck',
    expected: `${what} within ${stagingLimitMs / 1_000} s, without any fault`,
    actual: 'none came',
  };
}

function isIdle({ state }: System): boolean {
  return state.messageCount === 0 && state.due === 0;
}

function isReady(system: System): boolean {
  const { setting, kind } = system;
  if (kind.saysRoles === true) {
    const roles = system.names.map((_, node) => beliefOf(system, node)?.role);
    return roles.includes('primary') && roles.includes('backup');
  }
  const { view, acknowledged } = viewsIn(system);
  return acknowledged && (view.backup !== null || setting.servers === 1);
}
