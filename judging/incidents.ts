/**
 * Incidents: acts of a hand-in that a solution has no reason for. An incident is no verdict: points are lost
 * by failures alone. It tells a teacher where to look, and a student why a run ended as it did.
 *
 * An act that breaks a process is seen from outside and is certain. The rest (forbidden calls, tampering) is
 * told by the process itself: code that breaks out of its sandbox could keep it quiet.
 */
export const incidentKinds = {
  'process exit': 'A process of the hand-in ended by itself: `process.exit`, a signal, a crash.',
  hang: 'A node did not give control back in time: an endless loop, of callbacks or of promises too.',
  memory: 'A process needed more memory than it may have, on the heap or in Buffers.',
  'processor time':
    'It was ended because a scenario, or the hand-in, took more processor time than it may.',
  'forged output':
    'It wrote something of its own where only the answers of a node belong: no bug does that by accident.',
  'output flood': 'It answered or printed more than the limit.',
  'bad message':
    'It sent or returned something that is no plain data, or that does not fit the contract.',
  'forbidden call':
    'It asked for something that nodes do not have: files, the network, other processes, `eval`.',
  'printed output':
    'It wrote to the terminal, which a node has no way to; nothing of it was taken for a result.',
  tampering:
    'It changed objects that all code of its process shares, `Map.prototype.get` for instance.',
} as const;

export type IncidentKind = keyof typeof incidentKinds;
