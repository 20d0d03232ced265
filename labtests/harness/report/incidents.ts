/**
 * What a hand-in did that a solution has no reason to do. An incident is no verdict: points are lost
 * by failures alone. It tells a teacher where to look, and a student why a run ended as it did.
 */
export const incidentKinds = {
  'process exit': 'A process of the hand-in ended by itself: `process.exit`, a signal, a crash.',
  hang: 'A node did not give control back in time: an endless loop, of callbacks or of promises too.',
  memory: 'A process needed more memory than it may have, on the heap or in Buffers.',
  'process limit': 'It tried to start more processes or threads than it may have.',
  'left processes': 'It left processes behind, which were ended.',
  'forged output': 'It wrote something of its own where only the answers of a node belong.',
  'output flood': 'It answered or printed more than the limit.',
  'bad message':
    'It sent or returned something that is no plain data, or that does not fit the contract.',
  'forbidden call':
    'It asked for something that nodes do not have: network, files, other processes, the clock.',
  'unhandled error': 'It threw where nobody could catch: in a timer, a promise, or while loading.',
} as const;

export type IncidentKind = keyof typeof incidentKinds;
