/** What a hand-in did that no honest one does, counted and named. */
import type { IncidentKind } from '../report/incidents';

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

  /** What was added since the last time. */
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
