/**
 * The budget of all the processes of one hand-in together. Each of them has limits of its own, but their
 * number is the hand-in's to choose; so the sum has a bound, too: of memory at a time, and of processor
 * time in all. The kernel counts processor time, so a busy machine takes nothing away.
 * See decision N12.
 */
import type { Failure } from '../../judging/failure';
import { Fault } from './incidents';
import { isMemoryTold, type Usage, usagesOf } from './process-usage';

/** How often to look, in milliseconds; where only `ps` tells, that is not cheap. */
const intervalMs = isMemoryTold ? 100 : 1_000;

export interface Metered {
  readonly pid: number | undefined;
  /** Gives the hand-in up, and names the incident. */
  fail(fault: Fault): void;
}

export interface BudgetLimits {
  /** Memory of the nodes at a time, in bytes. */
  readonly nodesBytes: number;
  /** Processor time of all, those who judge included, until the end, in milliseconds. */
  readonly processorMs: number;
  /** Of it, what this process may use while many scenarios run together, so that nobody's is told apart. */
  readonly togetherMs: number;
}

/** Processor time that one scenario may take, in milliseconds. */
export class Account {
  readonly limitMs: number;
  usedMs = 0;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  get isOverdrawn(): boolean {
    return this.usedMs > this.limitMs;
  }
}

export class Budget {
  /** The most memory at a time so far, of the nodes and of this process, in bytes. */
  peakBytes = 0;
  /** Processor time that is for others who grade the same hand-in, used or not, in milliseconds. */
  usedElsewhereMs = 0;
  readonly limits: BudgetLimits;
  private readonly atFirst = process.cpuUsage();
  /** The processes that run, with the processor time of each when it was last seen. */
  private readonly running = new Map<Metered, number>();
  private endedMs = 0;
  private account: Account | undefined;
  private chargedMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(limits: BudgetLimits) {
    this.limits = limits;
  }

  /** Processor time so far, in milliseconds: of all that was added, and of this process. */
  get usedMs(): number {
    const { user, system } = process.cpuUsage(this.atFirst);
    const running = [...this.running.values()].reduce((sum, ms) => sum + ms, 0);
    return (user + system) / 1_000 + running + this.endedMs;
  }

  /** Something else took so much processor time for the hand-in, in milliseconds. */
  spend(ms: number): void {
    this.endedMs += ms;
  }

  /** Charges the processor time from now on to this account, or to none in particular. */
  charge(account: Account | undefined): void {
    this.look();
    this.account = account;
  }

  /** The reason why nothing may go on: for this account, or for none in particular. */
  overdraft(account = this.account): Failure | undefined {
    const { usedMs, usedElsewhereMs } = this;
    const { processorMs } = this.limits;
    if (account?.isOverdrawn) return tooMuch('scenario', account.limitMs, account.usedMs);
    if (usedMs + usedElsewhereMs <= processorMs) return undefined;
    return tooMuch('hand-in', processorMs, usedMs, usedElsewhereMs);
  }

  add(child: Metered): void {
    this.running.set(child, 0);
    this.timer ??= setInterval(() => this.look(), intervalMs).unref();
    const overdraft = this.overdraft();
    // Not before whoever adds it has done so.
    if (overdraft !== undefined) queueMicrotask(() => child.fail(faultOf(overdraft)));
  }

  /** To be told before it is ended: nobody knows afterwards what it has used. */
  note(child: Metered): void {
    if (isMemoryTold && this.running.has(child)) this.see([child]);
  }

  remove(child: Metered): void {
    this.endedMs += this.running.get(child) ?? 0;
    this.running.delete(child);
    if (this.running.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    const used = this.see([...this.running.keys()]);
    const total = this.usedMs;
    if (this.account !== undefined) this.account.usedMs += total - this.chargedMs;
    this.chargedMs = total;
    this.boundMemory(used);
    const overdraft = this.overdraft();
    if (overdraft === undefined) return;
    for (const child of [...this.running.keys()]) child.fail(faultOf(overdraft));
  }

  private see(children: readonly Metered[]): [Metered, Usage][] {
    const usages = usagesOf(children.map(({ pid }) => pid));
    return children.flatMap((child, i) => {
      const usage = usages[i];
      if (usage === undefined) return [];
      this.running.set(child, Math.max(usage.cpuMs, this.running.get(child) ?? 0));
      return [[child, usage]];
    });
  }

  private boundMemory(used: readonly [Metered, Usage][]): void {
    if (!isMemoryTold) return;
    let sum = used.reduce((total, [, { residentBytes }]) => total + residentBytes, 0);
    this.peakBytes = Math.max(this.peakBytes, sum + process.memoryUsage.rss());
    // The largest first: one that hoards is not to cost the others.
    for (const [child, usage] of used.toSorted(
      ([, a], [, b]) => b.residentBytes - a.residentBytes,
    )) {
      if (sum <= this.limits.nodesBytes) return;
      const mib = Math.round(this.limits.nodesBytes / 2 ** 20);
      const what = `its processes together used more than ${mib} MiB of memory`;
      child.fail(new Fault('memory', what));
      sum -= usage.residentBytes;
    }
  }
}

function faultOf({ expected, actual }: Failure): Fault {
  return new Fault('processor time', `expected ${expected}, ${actual}`);
}

function tooMuch(
  what: 'scenario' | 'hand-in',
  limitMs: number,
  usedMs: number,
  elsewhereMs = 0,
): Failure {
  const seconds = (ms: number) => `${Number((ms / 1_000).toPrecision(3))} s`;
  const aim = {
    scenario: 'a scenario that takes',
    'hand-in': 'all scenarios of the hand-in together to take',
  }[what];
  return {
    kind: 'broken code',
    expected: `${aim} at most ${seconds(limitMs)} of processor time`,
    actual: `ended after ${seconds(usedMs)}${elsewhereMs > 0 ? `; ${seconds(elsewhereMs)} are for those that others judge` : ''}`,
    remedy:
      'look for what a handler or a tick does again and again, or for what grows with each of them; ' +
      'whoever grades can allow more (npm run grade -- --processor-seconds N)',
  };
}
