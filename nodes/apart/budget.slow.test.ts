/** Real processes that do nothing but take processor time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Account, Budget } from './budget';
import type { Fault } from './incidents';

const slowMs = 60_000;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

function burning(budget: Budget): Promise<Fault> {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  children.push(child);
  return new Promise((resolve) => {
    const metered = {
      pid: child.pid,
      fail: (fault: Fault) => {
        budget.note(metered);
        child.kill('SIGKILL');
        budget.remove(metered);
        resolve(fault);
      },
    };
    budget.add(metered);
  });
}

const limits = (processorMs: number) => ({
  nodesBytes: 2 ** 40,
  processorMs,
  togetherMs: processorMs,
});

test(
  'all together have one bound, and nothing begins beyond it',
  async () => {
    const budget = new Budget(limits(1_000));
    const faults = await Promise.all([burning(budget), burning(budget)]);
    for (const { kind, message } of faults) {
      expect(kind).toBe('processor time');
      expect(message).toMatch(/at most 1 s of processor time, ended after \d/);
    }
    expect(budget.usedMs).toBeGreaterThan(1_000);
    expect((await burning(budget)).kind).toBe('processor time');
    expect(budget.overdraft()?.remedy).toContain('--processor-seconds');
  },
  slowMs,
);

test(
  'what an account may use is bounded, and leaves the rest to others',
  async () => {
    const budget = new Budget(limits(1_000_000));
    const account = new Account(500);
    budget.charge(account);
    expect((await burning(budget)).message).toContain('a scenario that takes at most 0.5 s');
    budget.charge(undefined);
    expect(account.isOverdrawn).toBe(true);
    expect(budget.overdraft()).toBeUndefined();
    const next = new Account(500);
    budget.charge(next);
    expect(budget.overdraft(next)).toBeUndefined();
    expect((await burning(budget)).kind).toBe('processor time');
    expect(next.usedMs).toBeLessThan(account.usedMs + 5_000);
  },
  slowMs,
);

test(
  'what others use for the same hand-in counts',
  async () => {
    const budget = new Budget(limits(10_000));
    budget.usedElsewhereMs = 9_800;
    await burning(budget);
    expect(budget.usedMs).toBeLessThan(10_000);
  },
  slowMs,
);
