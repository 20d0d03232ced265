/**
 * The exit codes of programs: 0 all is well, 1 it failed, 2 it was used wrongly, 141 nobody reads what it
 * prints. `process.exit` throws away what a pipe has not taken yet, so it stands here alone, and
 * after that (`scripts/exits.test.ts`).
 */
import { messageOf } from '../errors';
import { systemSentence } from '../system-error';
import { visibleLines } from './control-characters';

/** As a shell says it of a program that SIGPIPE has ended. */
const nobodyReads = 141;

/** The program was called wrongly: one sentence that says what was expected. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The program cannot do what it was asked to; one sentence says why. Exit code 1. */
export class ProgramFailure extends Error {
  override readonly name = 'Failure';
}

/**
 * Runs the body of a main and ends the process with the exit code that it returns (none: 0). What is
 * expected to go wrong is one line on standard error; anything else is a bug and has its stack.
 * When nobody reads what it prints (`| head`), it ends at once, in silence.
 */
export async function runMain(program: string, body: () => Promise<number | undefined>) {
  mindOutput(program);
  let exitCode = 1;
  try {
    exitCode = (await body()) ?? 0;
  } catch (error) {
    if (error instanceof UsageError) {
      exitCode = 2;
      complain(program, error.message);
    } else if (error instanceof ProgramFailure) {
      process.stderr.write(`${program}: ${visibleLines(error.message)}\n`);
    } else {
      const said = systemSentence(error) ?? (error as Error)?.stack ?? messageOf(error);
      process.stderr.write(`${program}: ${visibleLines(said)}\n`);
    }
  }
  await endProcess(exitCode);
}

/**
 * Ends the process when standard output and error have taken all that was printed. Whoever waits for
 * a slow reader waits as long as that reads, unless told how many milliseconds are enough.
 */
export async function endProcess(exitCode: number, withinMs?: number): Promise<never> {
  process.exitCode = exitCode;
  const printed = Promise.all([process.stdout, process.stderr].map(drained));
  const enough = new Promise((resolve) => {
    if (withinMs !== undefined) setTimeout(resolve, withinMs);
  });
  await Promise.race([printed, enough]);
  endAtOnce(exitCode);
}

/**
 * Ends the process where nothing can be waited for: the second Ctrl-C, nobody there to read. What
 * has just been printed may be lost if it is more than a few lines.
 */
export function endAtOnce(exitCode: number): never {
  process.exit(exitCode);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writable) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.once('close', () => resolve());
    stream.write('', () => resolve());
  });
}

function mindOutput(program: string): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`${program}: cannot write what it prints: ${error.message}\n`);
      endAtOnce(1);
    }
    // Programs with something to put in order listen, too, and end by themselves.
    if (process.stdout.listenerCount('error') === 1) endAtOnce(nobodyReads);
  });
  // Without standard error there is no way to say anything about it.
  process.stderr.on('error', () => undefined);
}

/** Says on standard error what was used wrongly, and where to read how it is used. */
export function complain(program: string, message: string): void {
  const help = commandWith(program, '--help');
  process.stderr.write(`${program}: ${visibleLines(message)}\nHow to use it: ${help}\n`);
}

/** The command line that starts a program of this project with these arguments. */
export function commandWith(program: string, args: string): string {
  const command = program === 'start' ? 'npm start' : `npm run ${program}`;
  return args === '' ? command : `${command} -- ${args}`;
}
