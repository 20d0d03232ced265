/**
 * Invariants that a lab declares, held in every state against the fields that nodes show of themselves. They help
 * to search and cost nobody points: graded explorations look from outside.
 */
import type { Failure } from '../../judging/failure';
import { messageOf } from '../../runtime/errors';
import type { Json } from '../../runtime/node';
import type { Invariant } from '../systems';
import { isRunning } from './pending';
import type { System } from './system';

const points = 'an invariant of the lab: npm test and npm run grade do not look at it';

/** The first invariant that is broken in the state that the system is in; null: all hold. */
export function brokenInvariant(system: System): Failure | null {
  const { invariants = [] } = system.kind;
  if (invariants.length === 0) return null;
  const shown = shownBy(system);
  for (const invariant of invariants) {
    const actual = problemOf(invariant, shown);
    if (actual === undefined) continue;
    return { kind: 'expectation', expected: invariant.name, actual, details: [points] };
  }
  return null;
}

/** What nodes show may be anything, so an invariant may stumble over it: that is told as it is. */
function problemOf({ broken }: Invariant, shown: ReadonlyMap<string, Json>): string | undefined {
  try {
    return broken(shown);
  } catch (error) {
    return `an error in the code of the invariant, which cannot judge this state: ${messageOf(error)}`;
  }
}

function shownBy(system: System): ReadonlyMap<string, Json> {
  const { state, locals, names } = system;
  const shown = new Map<string, Json>();
  for (const [node, name] of names.entries()) {
    const said = isRunning(system, node) ? locals.shownIn(state.ids[node] as number) : undefined;
    if (said !== undefined) shown.set(name, said.inspected);
  }
  return shown;
}
