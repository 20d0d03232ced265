/** The files that students write: what a handout has as stubs, and all that a hand-in may contain. */
import type { Part } from '../scenario/scenario';

/** By the part that needs them first, in the order in which to work. */
export const studentFilesOf: Readonly<Record<Part, readonly string[]>> = {
  A: ['viewservice/rules.ts', 'viewservice/server.ts'],
  B: [
    'pbservice/state-machine.ts',
    'client/clerk.ts',
    'pbservice/replication-api.ts',
    'pbservice/server.ts',
  ],
};

/** All of them, relative to the root of the project, with slashes. */
export const studentFiles: readonly string[] = Object.values(studentFilesOf).flat();
