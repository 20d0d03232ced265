import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Sees to it that a stopped process does not outlive this one. A running child notices that its
 * parent is gone and ends; a stopped one notices nothing. So a tiny shell waits for the end of a pipe
 * that closes with this process, even after kill -9, and then kills the stopped one.
 *
 * Dismiss it when the process goes on.
 */
export class Guard {
  private readonly shell: ChildProcess;

  constructor(pid: number) {
    this.shell = spawn('/bin/sh', ['-c', 'read _; kill -9 "$0"', String(pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Out of reach of the signals that end this process and all else in its terminal.
      detached: true,
    });
    this.shell.on('error', () => undefined);
    this.shell.stdin?.on('error', () => undefined);
  }

  dismiss(): void {
    this.shell.kill('SIGKILL');
  }
}
