/** How a program ends: 0 all is well, 1 it failed, 2 it was used wrongly. */
import { messageOf } from '../errors';

/** The program was called wrongly: one sentence that says what was expected. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The program cannot do what it was asked to; one sentence says why. Exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/**
 * Runs the body of a main and ends the process with the exit code that it returns (none: 0). What is
 * expected to go wrong is one line on standard error; anything else is a bug and has its stack.
 */
export async function runMain(program: string, body: () => Promise<number | undefined>) {
  let exitCode = 1;
  try {
    exitCode = (await body()) ?? 0;
  } catch (error) {
    if (error instanceof UsageError) {
      exitCode = 2;
      complain(program, error.message);
    } else if (error instanceof Failure) {
      process.stderr.write(`${program}: ${error.message}\n`);
    } else {
      process.stderr.write(`${program}: ${(error as Error)?.stack ?? messageOf(error)}\n`);
    }
  }
  process.exit(exitCode);
}

/** Says on standard error what was used wrongly, and where to read how it is used. */
export function complain(program: string, message: string): void {
  const help = commandWith(program, '--help');
  process.stderr.write(`${program}: ${message}\nHow to use it: ${help}\n`);
}

/** What people type to start a program of this project with these arguments. */
export function commandWith(program: string, args: string): string {
  const command = program === 'start' ? 'npm start' : `npm run ${program}`;
  return args === '' ? command : `${command} -- ${args}`;
}
