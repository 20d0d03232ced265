/** Anomalies: what no correct server or view service does, by the names that the field has for it. */
import type { ViolationKind } from './history/explain';

/** The kinds, the worst first, and what each means. */
export const anomalyKinds = {
  'lost acknowledged write': 'A client was told that its write is done, and later it is not there.',
  'stale read': 'A client read a value although a newer one had been acknowledged, or read.',
  'duplicate append': 'An append that was asked for once took effect more than once.',
  'reordered append':
    'An append took effect before one that had returned when it was called, or elsewhere than where ' +
    'somebody had read it.',
  'no legal order': 'What clients saw fits no order of their operations, and has no other name.',
  'split brain':
    'A server that had been replaced as primary completed an operation that came to it after its ' +
    'successor had served, or was ready to.',
  'serving without a view':
    'A server answered clients that was not the acting primary of any view: backup, idle, ' +
    'restarted, or without the state.',
  'resurrected state': 'After a failover an older state was there again, in place of a newer one.',
  'primary without the state':
    'A server became primary that was not the backup of the view before, or had restarted in it.',
  'view given up unacknowledged':
    'A view gave way to the next before its primary had acknowledged it.',
  'views flap': 'A view gave way to the next although the member that it lost had just pinged.',
  'view overdue':
    'A member was dead, or an idle server could become backup, and for three ticks no new view came.',
  'stuck after heal': 'No fault was left, and clients waited or the servers did not recover.',
  'operation given up': 'A client was told an error after which another try could have succeeded.',
  'node broke down':
    'In a plain failover a server or a clerk threw what nobody caught, or did not come to rest.',
  'too many messages': 'More messages or bytes were sent than the work can need.',
} as const;

export type AnomalyKind = keyof typeof anomalyKinds;

const ofViolations: Readonly<Partial<Record<ViolationKind, AnomalyKind>>> = {
  'lost acknowledged write': 'lost acknowledged write',
  'lost append': 'lost acknowledged write',
  'stale read': 'stale read',
  'duplicate append': 'duplicate append',
  'reordered append': 'reordered append',
};

/** The anomaly for a violation that the history checker found. */
export function anomalyOfViolation(kind: ViolationKind): AnomalyKind {
  return ofViolations[kind] ?? 'no legal order';
}
