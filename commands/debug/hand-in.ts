/** The code of a hand-in: the student's files, and everything else from here. */
import path from 'node:path';
import { openHandIn } from '../../grading/hand-in/open';
import type { Code } from './code';

export function handInIn(handIn: string): Code {
  let remove: () => void = () => undefined;
  return {
    watched: path.resolve(handIn),
    read: async () => {
      const assembled = await openHandIn(handIn);
      remove();
      remove = assembled.remove;
      return assembled.root;
    },
    remove: () => remove(),
  };
}
