import type { LabDeclaration } from '../../suite/scenario/lab-declaration';
import { studentPages } from '../primary-backup/student-pages';
import { lectureSystem } from '../primary-backup/system';
import { arbiterScenarios } from './arbiter-scenarios';
import { arbitratedSweep } from './arbitrated-sweep';
import { fits } from './scenarios';

/**
 * It runs in the real world, with what is installed there: `npm run test:real -- --arbiter etcd`. C1 to C6 are its
 * scenarios: they differ in what happens, not in nodes, files, language or properties. See decision K10.
 */
export const arbiters: LabDeclaration = {
  part: 'C',
  title: 'a third that decides',
  folder: 'labtests/part-c-arbiters',
  graded: 'never',
  buildsOn: ['B'],
  stubs: [],
  given: [],
  pages: studentPages,
  systems: [lectureSystem],
  arbitrated: { fits, scenarios: arbiterScenarios, random: 'B30', sweep: arbitratedSweep },
};
