/** For tests: runs the project's programs as a user would, and ends them all afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
/** Only a bound for what hangs: a busy machine is no failure. */
export const patienceMs = 240_000;

const running = new Set<ChildProcess>();

export interface Program {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until standard output (and error) has what is sought, from the beginning. */
  readonly until: (sought: RegExp) => Promise<RegExpExecArray>;
  /** Waits for its end: the exit code, or the signal that ended it. */
  readonly ended: () => Promise<number | string>;
}

export function startProgram(
  program: string,
  args: readonly string[],
  { env = {}, withChannel = false } = {},
): Program {
  const inherited = { ...process.env };
  delete inherited.FORCE_COLOR;
  delete inherited.NO_COLOR;
  const child = spawn(process.execPath, ['scripts/run.cjs', program, ...args], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['pipe', 'pipe', 'pipe', withChannel ? 'ipc' : 'ignore'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data) => {
    stdout += data;
  });
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  const closed = endOf(child).then((how) => {
    running.delete(child);
    return how;
  });
  const until = async (sought: RegExp) => {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const match = sought.exec(stdout + stderr);
      if (match !== null) return match;
      if (Date.now() > deadline || child.exitCode !== null) {
        throw new Error(`no ${sought} in what ${program} printed:\n${stdout}\n${stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, stdout: () => stdout, stderr: () => stderr, until, ended: () => closed };
}

/** Runs a program to its end, with `input` on its standard input. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env = {}, input = '' } = {},
): Promise<{ exitCode: number | string; stdout: string; stderr: string }> {
  const started = startProgram(program, args, { env });
  started.child.stdin?.end(input);
  const exitCode = await started.ended();
  return { exitCode, stdout: started.stdout(), stderr: started.stderr() };
}

/**
 * Waits until it has ended and all it printed has come. Its own 'close' event would say so, but never
 * comes once this side has closed the channel.
 */
async function endOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null && !stream.closed) await once(stream, 'close');
  }
  return child.exitCode ?? (child.signalCode as string);
}

/** For afterEach: nothing that a test started outlives it. */
export async function endPrograms(): Promise<void> {
  const ends = [...running].map(async (child) => {
    child.kill('SIGKILL');
    await endOf(child);
  });
  await Promise.all(ends);
}

/** Waits until there is no such process any more; false when it lives on. */
export async function untilGone(pid: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
