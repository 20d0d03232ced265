import type { LabDeclaration } from '../../suite/scenario/lab-declaration';
import { contractOf } from '../primary-backup/clauses';
import { scenarioCode } from '../primary-backup/scenario-code';
import { studentPages } from '../primary-backup/student-pages';
import { lectureSystem } from '../primary-backup/system';
import { replicationLectures } from './lectures';

export const primaryBackup: LabDeclaration = {
  part: 'B',
  title: 'the replicated key/value service',
  folder: 'labtests/part-b-primary-backup',
  graded: 'always',
  points: 70,
  harms: {
    'lost acknowledged write': [35, 20],
    'stale read': [35, 20],
    'duplicate append': [35, 20],
    'reordered append': [35, 20],
    'no legal order': [35, 20],
    'split brain': 20,
    'serving without a view': 20,
    'resurrected state': [35, 20],
    'stuck after heal': [35, 10],
    'operation given up': [35, 10],
    'node broke down': 35,
  },
  contract: contractOf('B'),
  buildsOn: ['A'],
  stubs: [
    'pbservice/state-machine.ts',
    'client/clerk.ts',
    'pbservice/replication-api.ts',
    'pbservice/server.ts',
  ],
  given: [
    ...['pbservice/api.ts', 'pbservice/chained-hash.ts', 'pbservice/main.ts', 'pbservice/node.ts'],
    ...['client/carry-out.ts', 'client/connection.ts', 'client/interactive.ts', 'client/main.ts'],
    ...['client/node.ts', 'client/one-shot.ts', 'client/operations.ts', 'client/perform.ts'],
    'pbservice/sized-map.ts',
  ],
  pages: studentPages,
  systems: [lectureSystem],
  lectures: replicationLectures,
  writeScenario: scenarioCode,
  test: 'labtests/part-b-primary-backup/part-b.test.ts',
};
