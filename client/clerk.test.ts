/** The clerk as a program that nothing may pile up in. */
import { PbService } from '../pbservice/api';
import type { Runtime } from '../runtime/node';
import { Clerk } from './clerk';

/** A node whose calls succeed at once, and whose sleeps only count. */
function countingRuntime() {
  const sleeps: number[] = [];
  const view = { viewnum: 1, primary: 's1', backup: null };
  const answers = { get: async () => view, operate: async () => ({ value: null }) };
  const runtime = {
    ...{ address: 'c1', now: () => 0, random: () => 0.5 },
    connect: (service: unknown) => (service === PbService ? answers : { get: answers.get }),
    sleep: (durationMs: number) => {
      sleeps.push(durationMs);
      return new Promise<void>(() => undefined);
    },
  };
  return { runtime: runtime as unknown as Runtime, sleeps };
}

test('operations that waited for their turn leave no long sleeps behind', async () => {
  const { runtime, sleeps } = countingRuntime();
  const clerk = new Clerk(runtime, { viewService: 'vs' });
  const operations = Array.from({ length: 50 }, () => clerk.put('k', 'v', { timeoutMs: 600_000 }));
  await Promise.all(operations);
  expect(sleeps).toHaveLength(49);
  expect(Math.max(...sleeps)).toBeLessThanOrEqual(1_000);
});
