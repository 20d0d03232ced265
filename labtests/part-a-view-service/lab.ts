import type { LabDeclaration } from '../../suite/scenario/lab-declaration';
import { contractOf } from '../primary-backup/clauses';
import { studentPages } from '../primary-backup/student-pages';
import { lectureSystem } from '../primary-backup/system';

export const viewService: LabDeclaration = {
  part: 'A',
  title: 'the view service',
  folder: 'labtests/part-a-view-service',
  graded: 'always',
  points: 30,
  harms: {
    'primary without the state': 15,
    'view given up unacknowledged': 15,
    'views flap': 15,
    'view overdue': 15,
  },
  contract: contractOf('A'),
  stubs: ['viewservice/rules.ts', 'viewservice/server.ts'],
  given: ['viewservice/api.ts', 'viewservice/main.ts', 'viewservice/node.ts'],
  pages: studentPages,
  systems: [lectureSystem],
  test: 'labtests/part-a-view-service/part-a.test.ts',
  tellsInDetails: true,
};
