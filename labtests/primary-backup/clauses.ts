/** The contract of parts A and B: the clauses of `contract.json`, and which of them is broken when a run shows this or that. */
import * as v from 'valibot';
import type { Blames } from '../../judging/breach';
import { Clause, type Contract } from '../../suite/scenario/clause';
import table from './contract.json';

export function contractOf(part: string): Contract {
  const own = () => v.parse(v.array(Clause), table).filter((clause) => clause.part === part);
  return { clauses: own, blames };
}

const blames: Blames = {
  'view numbers': { is: 'V5' },
  'successive views differ': { is: 'V11' },
  'the first server is primary': { is: 'V1' },
  'a view waits for its acknowledgement': { is: 'V4', or: ['V3', 'V8', 'V14'] },
  'who restarted acknowledges nothing': { is: 'V8' },
  'only the backup becomes primary': { is: 'V9' },
  'no view after a forgotten one': { is: 'V12' },
  'who lives stays': { is: 'V2', or: ['V7'] },
  'who is dead gets no part': { is: 'V10', or: ['V2', 'V9'] },
  'who restarted is no primary': { is: 'V7' },
  'who restarted gives way': { is: 'V7', or: ['V8'] },
  'a change is one step': { is: 'V6', or: ['V10'] },
  'who is dead gives way': { is: 'V5', or: ['V2'] },
  'an idle server becomes backup': { is: 'V5', or: ['V10'] },
  'a ping is answered with the view after it': { is: 'V13', or: ['V14'] },
  // No sentence of the contract says what goes without saying; the proof does.
  'a reply belongs to its request': {},
  'a retry keeps its number': { is: 'C3' },
  'a limit ends an operation': { is: 'C4' },
  'no number is used again': { is: 'C6' },
  'one operation is under way at a time': { is: 'C1' },
  'no two clerks have the same id': { is: 'C7' },
  'a clerk asks whom the view service names': { is: 'C2' },
  'a clerk goes on trying': { is: 'C3' },
  'writes go through the backup': { is: 'R4' },
  'reads go through the backup': { is: 'R5' },
  'a view is acknowledged when the backup has the state': { is: 'R2' },
  'what was sent is not denied': { is: 'R21' },
  'a backup obeys the primary of its own view': { is: 'R9' },
  'replicas share nothing': { is: 'R18' },
  'a value that fits is taken': { is: 'S6' },
  'what is too long is refused': { is: 'S6' },
  'a refusal is repeated': { is: 'S2' },
  'duplicate append': { is: 'S1', or: ['S3', 'S4'] },
  'reordered append': { is: 'R7' },
  'serving without a view': { is: 'R8' },
  'operation given up': { is: 'C3', or: ['C5', 'C9'] },
  // There are several ways to these.
  'lost acknowledged write': {
    or: ['R2', 'R3', 'R4', 'R7', 'R9', 'R11', 'R12', 'R13', 'S3'],
  },
  'stale read': { or: ['R4', 'R5', 'R7', 'R8', 'R9', 'R11', 'R12', 'R13', 'R14'] },
  'no legal order': { or: ['R4', 'R7', 'R9', 'R12', 'R13', 'R14', 'S1', 'S2', 'S3', 'S5', 'C7'] },
  'resurrected state': { or: ['R9', 'R12', 'R13'] },
  'split brain': { or: ['R5', 'R8', 'R9'] },
  'stuck after heal': {
    or: [
      'R2',
      'R9',
      'R10',
      'R11',
      'R12',
      'R13',
      'R14',
      'R15',
      'R16',
      'R17',
      'R19',
      'R20',
      'C2',
      'C3',
      'C8',
    ],
  },
};
