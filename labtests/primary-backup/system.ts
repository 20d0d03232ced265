/** The system of the lecture: a view service decides who is primary, and who backup. */
import type { SystemKind } from '../../worlds/systems';
import { clientRole, replicaRole, viewServerRole } from './roles';

const viewService = 'vs';

export const lectureSystem: SystemKind = {
  name: 'lecture',
  isUsual: true,
  decider: { name: viewService, role: viewServerRole },
  properties: ['views', 'linearizable', 'one-primary', 'no-errors'],
  server: () => replicaRole(viewService),
  client: () => clientRole(viewService),
};
