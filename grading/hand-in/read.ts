/**
 * Reads what was handed in: a folder, a tar archive (also compressed) or a zip archive. Only the
 * modules in the folders of a solution are taken from it, and nothing is unpacked onto the disk. That happens in a process of
 * its own, with limits: an archive is made by a stranger, and may be made to harm.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import * as v from 'valibot';
import { ownerOf } from '../../labtests/student-files';
import { canRun, withParent } from '../../runtime/parent-death-signal';
import { maxHandInBytes } from './listing';
import type { HandedIn } from './select';

export { archiveNames } from './file-types';
export type { HandedIn } from './select';

const heapMib = 256;
/** All data of the process, buffers included. */
const dataBytes = 2 ** 30;
const cpuSeconds = 60;
/** For a process that waits for ever, as at a disk that does not answer. */
const limitMs = 20 * 60_000;
const maxOutputBytes = 2 * maxHandInBytes;

/** A module in the folders of a solution, relative to the root. */
export const HandInFile = v.pipe(
  v.string(),
  v.maxLength(600),
  v.check((file) => ownerOf(file) !== undefined, 'expected a module of a solution'),
);

const Answer = v.union([
  v.object({ files: v.array(v.tuple([HandInFile, v.string()])) }),
  v.object({ error: v.pipe(v.string(), v.maxLength(20_000)) }),
]);

/** Rejects with an Error that says what is wrong when this is no hand-in at all. */
export async function readHandIn(handIn: string): Promise<HandedIn> {
  const answer = v.parse(Answer, JSON.parse(await readApart(handIn)));
  if ('error' in answer) throw new Error(answer.error);
  return new Map(answer.files.map(([file, text]) => [file, Buffer.from(text, 'base64')]));
}

function readApart(handIn: string): Promise<string> {
  const program = path.join(__dirname, 'read-process.cjs');
  const node = [process.execPath, `--max-old-space-size=${heapMib}`, program, handIn];
  const limits = ['prlimit', '--core=0', `--data=${dataBytes}`, `--cpu=${cpuSeconds}`];
  // Elsewhere than on Linux the bounds in the readers must do.
  const limited = canRun('prlimit', '--core=0') ? [...limits, ...node] : node;
  const [command = '', ...args] = [...withParent(), ...limited];
  return new Promise((resolve, reject) => {
    const options = { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: maxOutputBytes } as const;
    execFile(command, args, options, (error, stdout) => {
      if (error === null) return resolve(stdout);
      reject(
        new Error(
          `${handIn} could not be read with ${dataBytes / 2 ** 20} MiB of memory and ` +
            `${cpuSeconds} s of processor time: hand in the student files alone`,
        ),
      );
    });
  });
}
