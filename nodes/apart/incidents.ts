/** Incidents: acts of a hand-in that no honest one does, counted and named. */

import type { IncidentKind } from '../../judging/incidents';
import { messageOf } from '../../runtime/errors';
import { bugOf, endlessBug, type NodeBug } from '../../runtime/node-bug';

/** The events with which a node's process tells of itself; nodes log under any name they like. */
export const tellTales: Readonly<Record<string, IncidentKind>> = {
  'forbidden call': 'forbidden call',
  tampering: 'tampering',
};

/** How much of an example is kept, in characters. */
const maxExampleLength = 300;

/** Counts incidents, and keeps the first of each kind as an example. */
export class Incidents {
  private readonly seen = new Map<IncidentKind, { count: number; example: string }>();

  add(kind: IncidentKind, example: string): void {
    const known = this.seen.get(kind);
    if (known !== undefined) known.count += 1;
    else this.seen.set(kind, { count: 1, example: example.slice(0, maxExampleLength) });
  }

  /** The incidents that were added since the last time. */
  take(): { kind: IncidentKind; count: number; example: string }[] {
    const taken = [...this.seen].map(([kind, tally]) => ({ kind, ...tally }));
    this.seen.clear();
    return taken;
  }
}

/** Why the process of a node was given up. */
export class Fault extends Error {
  readonly kind: IncidentKind | null;

  /** `kind` is null when the hand-in is not to blame. */
  constructor(kind: IncidentKind | null, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The failure of a run for which a process was given up, after this input. */
export function faultAt(where: string, error: unknown): NodeBug {
  if (error instanceof Fault && error.kind === 'hang') return endlessBug(where, error.message);
  const message = `after ${where}: ${messageOf(error)}`;
  return { ...bugOf(where, error), message, frames: [], expected: 'a process that goes on' };
}
