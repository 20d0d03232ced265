/** The code of a hand-in: the student's files, and everything else from here. */
import path from 'node:path';
import { openHandIn } from '../../grading/hand-in/open';
import type { Code } from './code';

export function handInIn(submission: string): Code {
  let remove: () => void = () => undefined;
  return {
    watched: path.resolve(submission),
    read: async () => {
      const assembled = await openHandIn(submission);
      remove();
      remove = assembled.remove;
      return assembled.root;
    },
    remove: () => remove(),
  };
}
