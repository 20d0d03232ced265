import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Kills a stopped process when this one ends without having done so, be it by kill -9: a stopped
 * process does not notice that its parent is gone. A tiny shell waits for the end of a pipe that
 * closes with this process.
 */
export class Guard {
  private readonly shell: ChildProcess;

  constructor(pid: number) {
    this.shell = spawn('/bin/sh', ['-c', 'read _; kill -9 "$0"', String(pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Out of reach of the signals that end all that was started from a terminal.
      detached: true,
    });
    this.shell.on('error', () => undefined);
    this.shell.stdin?.on('error', () => undefined);
  }

  dismiss(): void {
    this.shell.kill('SIGKILL');
  }
}
