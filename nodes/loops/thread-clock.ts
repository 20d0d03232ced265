/**
 * A clock of the computing of one thread. Real time would blame a thread for the others that the machine was
 * busy with, and the time of the whole process for the threads beside it.
 */
import { readFileSync, readlinkSync } from 'node:fs';

/** In the thread itself: what the system calls it; 0 where that cannot be known. */
export function ownSystemThread(): number {
  try {
    return Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0] ?? 0);
  } catch {
    return 0;
  }
}

export class ThreadClock {
  private readonly systemThread: () => number;
  private readonly busyThreads: () => number;
  private processUsage = process.cpuUsage();
  private sharedMs = 0;

  /** `busyThreads`: among how many the time of the process is shared, where that is all one knows. */
  constructor(systemThread: () => number, busyThreads: () => number) {
    this.systemThread = systemThread;
    this.busyThreads = busyThreads;
  }

  /** Milliseconds of computing; only the difference of two of them means anything. */
  now(): number {
    return this.exactMs() ?? this.estimateMs();
  }

  /** Linux tells for each thread: nanoseconds on a processor, then others that do not matter here. */
  private exactMs(): number | undefined {
    const thread = this.systemThread();
    if (thread === 0) return undefined;
    try {
      const [ns] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ');
      return Number(ns) / 1e6;
    } catch {
      return undefined;
    }
  }

  private estimateMs(): number {
    const { user, system } = process.cpuUsage(this.processUsage);
    this.processUsage = process.cpuUsage();
    this.sharedMs += (user + system) / 1_000 / Math.max(1, this.busyThreads());
    return this.sharedMs;
  }
}
