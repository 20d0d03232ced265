/** For tests of the sandbox: a solution of one module, and a runtime whose clock a test moves on. */

import {
  type BrokenSolution,
  writeSolution,
} from '../../labtests/broken-solutions/broken-solution';
import type { Runtime } from '../../runtime/node';
import { seededRandom } from '../../runtime/seeded-random';
import { Solution } from './sandbox';

export const file = 'viewservice/server.ts';
const written: BrokenSolution[] = [];

export function removeSolutions(): void {
  for (const solution of written) solution.remove();
}

/** A solution with one module of this text, and perhaps others. */
export function solutionOf(text: string, others: Record<string, string> = {}): Solution {
  const solution = writeSolution(new Map([[file, text], ...Object.entries(others)]));
  written.push(solution);
  return new Solution(solution.root);
}

/** A runtime whose clock stands at `now.ms` and whose sleeps end when told to. */
export function fakeRuntime(seed = 1) {
  const now = { ms: 0 };
  const sleeping: { until: number; wake: () => void }[] = [];
  const logged: unknown[] = [];
  const runtime: Runtime = {
    address: 'n1',
    connect: () => {
      throw new Error('not here');
    },
    sleep: (ms) => new Promise((wake) => sleeping.push({ until: now.ms + ms, wake })),
    now: () => now.ms,
    random: seededRandom(seed),
    log: (event, fields) => logged.push([event, fields]),
  };
  /** Lets time pass, timer by timer. */
  const pass = async (ms: number) => {
    const end = now.ms + ms;
    for (;;) {
      const [next] = sleeping.sort((a, b) => a.until - b.until);
      if (next === undefined || next.until > end) break;
      sleeping.shift();
      now.ms = Math.max(now.ms, next.until);
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    now.ms = end;
  };
  return { runtime, now, pass, logged };
}

/** What a function of the solution returns, with a clock and a seed. */
export function evaluate(expression: string, seed = 1, ms = 0): unknown {
  const { runtime, now } = fakeRuntime(seed);
  now.ms = ms;
  const { run } = solutionOf(
    `declare const require: any; export const run = (): any => ${expression};`,
  ).load(file, runtime);
  return (run as () => unknown)();
}
