/** Breaches: rules that a run is proven to break, whatever its scenario is about, and whose duty each of them is. */
import type { AnomalyKind } from './anomaly';

export const breaches = {
  'view numbers': 'the view service',
  'successive views differ': 'the view service',
  'the first server is primary': 'the view service',
  'a view waits for its acknowledgement': 'the view service',
  'who restarted acknowledges nothing': 'the view service',
  'only the backup becomes primary': 'the view service',
  'no view after a forgotten one': 'the view service',
  'who lives stays': 'the view service',
  'who is dead gets no part': 'the view service',
  'who restarted is no primary': 'the view service',
  'a change is one step': 'the view service',
  'who is dead gives way': 'the view service',
  'an idle server becomes backup': 'the view service',
  'who restarted gives way': 'the view service',
  'a ping is answered with the view after it': 'the view service',
  'a reply belongs to its request': 'the clerk',
  'a retry keeps its number': 'the clerk',
  'a limit ends an operation': 'the clerk',
  'no number is used again': 'the clerk',
  'one operation is under way at a time': 'the clerk',
  'no two clerks have the same id': 'the clerk',
  'a clerk asks whom the view service names': 'the clerk',
  'a clerk goes on trying': 'the clerk',
  'writes go through the backup': 'the primary',
  'reads go through the backup': 'the primary',
  'a view is acknowledged when the backup has the state': 'the primary',
  'what was sent is not denied': 'the primary',
  'a backup obeys the primary of its own view': 'the backup',
  'replicas share nothing': 'the servers',
  'a value that fits is taken': 'the servers',
  'what is too long is refused': 'the servers',
  'a refusal is repeated': 'the servers',
} as const;

export type Breach = keyof typeof breaches;
export type Component = (typeof breaches)[Breach];

/** A breach that a trace proves: the proof, in a sentence or two. */
export interface Cause {
  readonly breach: Breach;
  readonly remedy: string;
}

/** The breach, and who is at fault then. */
export function broken(breach: Breach | undefined) {
  return breach === undefined ? {} : { breach, component: breaches[breach] };
}

/**
 * The clause of a lab that a breach, or an anomaly, is about. `is`: that one, unless the scenario is about others,
 * `or`, alone. Without it nobody can tell, and the words of a scenario fit when it is about one of the others.
 */
export interface Blame {
  readonly is?: string;
  readonly or?: readonly string[];
}
export type Blames = Readonly<Partial<Record<Breach | AnomalyKind, Blame>>>;
