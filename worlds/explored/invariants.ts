/**
 * Invariants that a lab declares, held in every state against the fields that nodes show of themselves. They help
 * to search and cost nobody points: graded explorations look from outside.
 */
import type { Failure } from '../../judging/failure';
import type { Json } from '../../runtime/node';
import { isRunning } from './pending';
import type { System } from './system';

const points = 'an invariant of the lab: npm test and npm run grade do not look at it';

/** The first invariant that is broken in the state that the system is in; null: all hold. */
export function brokenInvariant(system: System): Failure | null {
  const { invariants = [] } = system.kind;
  if (invariants.length === 0) return null;
  const shown = shownBy(system);
  for (const { name, broken } of invariants) {
    const actual = broken(shown);
    if (actual === undefined) continue;
    return { kind: 'expectation', expected: name, actual, details: [points] };
  }
  return null;
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
