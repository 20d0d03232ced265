/** Starts processes so that none outlives its parent. */
import { spawnSync } from 'node:child_process';

/** The variable in which all processes of a grader carry the name of its folder. */
export const markVariable = 'VIEWLAB_GRADER';

const known = new Map<string, boolean>();

/** Whether this program is here and works with these arguments; tried once. */
export function canRun(...line: readonly string[]): boolean {
  const key = line.join(' ');
  let works = known.get(key);
  if (works === undefined) {
    const [program = '', ...args] = line;
    works = spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0;
    known.set(key, works);
  }
  return works;
}

/** The beginning of a command line whose process is killed when the one that starts it is gone. */
export function withParent(): readonly string[] {
  const line = ['setpriv', '--pdeathsig=KILL'];
  return canRun(...line) ? line : [];
}
