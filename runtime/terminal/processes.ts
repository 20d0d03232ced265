/**
 * Acts on processes that operating systems do differently, in one place: Windows knows
 * no SIGSTOP and no SIGCONT, and opens a window for a process that stands apart.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { ProgramFailure } from './exit';

/** For `spawn`: out of reach of the signals that end this process and all else in its terminal. */
export const standingApart = { detached: true, windowsHide: true } as const;

/** Why this system cannot stop a process and let it go on; undefined when it can. */
export function whyNoPause(): string | undefined {
  if (process.platform !== 'win32') return undefined;
  return 'Windows cannot stop a process and let it go on (SIGSTOP, SIGCONT): use Linux, macOS or WSL';
}

/** A stop of a process: it stands still, as on a machine that is overloaded; nothing is lost. */
export class Pause {
  private readonly child: ChildProcess;
  private readonly guard: Guard;

  /** Throws a Failure when the process cannot be stopped; then it goes on as before. */
  constructor(child: ChildProcess) {
    const why = whyNoPause();
    if (why !== undefined) throw new ProgramFailure(why);
    if (child.pid === undefined) throw new ProgramFailure('the process has not started');
    this.child = child;
    this.guard = new Guard(child.pid);
    try {
      child.kill('SIGSTOP');
    } catch (error) {
      this.guard.dismiss();
      const { message } = error as Error;
      throw new ProgramFailure(`this system cannot stop a process and let it go on: ${message}`);
    }
  }

  /** Lets it go on. */
  end(): void {
    this.child.kill('SIGCONT');
    this.forget();
  }

  /** The process is gone: there is nothing that could go on. */
  forget(): void {
    this.guard.dismiss();
  }
}

/**
 * Sees to it that a process which does not notice that this one is gone does not outlive it: a stopped
 * one notices nothing. A tiny shell waits for the end of a pipe that closes with this process, even
 * after kill -9, and then kills the other one. Dismiss it when that goes on, or has ended.
 */
export class Guard {
  private readonly shell: ChildProcess;

  constructor(pid: number) {
    this.shell = spawn('/bin/sh', ['-c', 'read _; kill -9 "$0"', String(pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      ...standingApart,
    });
    this.shell.on('error', () => undefined);
    this.shell.stdin?.on('error', () => undefined);
  }

  dismiss(): void {
    this.shell.kill('SIGKILL');
  }
}
