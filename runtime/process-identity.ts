import { readFileSync } from 'node:fs';

/**
 * What tells a process that runs from all others of this machine, also from one that will have its number
 * later where the kernel tells when it was started; undefined when there is none of this number.
 */
export function identityOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return isThere(pid) ? `${pid}-0` : undefined;
  try {
    return `${pid}-${statOf(pid)[19]}`;
  } catch {
    return undefined;
  }
}

/** The fields of a process in Linux's kernel, from its state on. Throws when it is gone. */
export function statOf(pid: number | 'self'): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name of the program, in parentheses, may contain anything.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
