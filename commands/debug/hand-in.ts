/** The code of a hand-in: its student files, and everything else from here. */
import path from 'node:path';
import { assemble } from '../../labtests/harness/hand-in/assemble';
import { readHandIn } from '../../labtests/harness/hand-in/read';
import type { Code } from './code';

export function handInIn(submission: string): Code {
  let remove: () => void = () => undefined;
  return {
    watched: path.resolve(submission),
    read: async () => {
      const assembled = assemble(await readHandIn(submission));
      remove();
      remove = assembled.remove;
      return assembled.root;
    },
    remove: () => remove(),
  };
}
