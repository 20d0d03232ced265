import type { LabDeclaration } from '../../suite/scenario/lab-declaration';
import { scenarioCode } from '../primary-backup/scenario-code';
import { studentPages } from '../primary-backup/student-pages';
import { pairLectures } from './lectures';
import { pairSystem } from './system';

export const breakIt: LabDeclaration = {
  part: '0',
  title: 'break it',
  folder: 'labtests/part-0-break-it',
  graded: 'never',
  buildsOn: ['B'],
  stubs: [],
  given: ['pbservice/heartbeat-pair/', 'client/pair.ts'],
  pages: studentPages,
  systems: [pairSystem],
  lectures: pairLectures,
  writeScenario: scenarioCode,
  test: 'labtests/part-0-break-it/part-0.test.ts',
};
