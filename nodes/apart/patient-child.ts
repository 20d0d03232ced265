/**
 * The process of one node, started again where the machine had no room for it: a limit on processes or
 * memory may be reached for a moment, and a busy machine is slow.
 */
import type { NodeOutput } from '../node-host';
import type { ToNode, Turned, Turns } from './frames';
import { Fault } from './incidents';
import type { Launch } from './launch';
import { type Common, NodeChild } from './node-child';

/** How often a start is tried, ... */
const maxStarts = 5;
/** ... and how long to wait after the first that failed, in milliseconds; each time twice as long. */
const firstPauseMs = 100;

export class PatientChild {
  private child: NodeChild;
  private readonly ready: Promise<void>;
  private isOver = false;

  constructor(launch: Launch, common: Common) {
    this.child = new NodeChild(launch, common);
    this.ready = this.start(launch, common);
    // The next request to the process fails with the reason.
    this.ready.catch(() => undefined);
  }

  get isFit(): boolean {
    return this.child.isFit;
  }

  /** The usage of the machine by the process and all that it started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Rejects with the Fault when it cannot even start, which is not the hand-in's doing. */
  untilReady(): Promise<void> {
    return this.ready;
  }

  /** Rejects with the Fault for which the process was given up. */
  async ask(message: ToNode): Promise<readonly NodeOutput[]> {
    await this.ready;
    return this.child.ask(message);
  }

  /** The same for many incarnations at a time: what each of them did, in the order of the turns. */
  async askAll(message: Turns): Promise<readonly Turned[]> {
    await this.ready;
    return this.child.askAll(message);
  }

  reportPrinted(): void {
    this.child.reportPrinted();
  }

  /** Resolves when it is gone, with all that it started in its group. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.child.end();
  }

  private async start(launch: Launch, common: Common): Promise<void> {
    let pauseMs = firstPauseMs;
    for (let starts = 1; ; starts += 1) {
      try {
        await this.child.untilReady();
        return;
      } catch (error) {
        await this.child.end();
        // The process may not run any more, which another start would not change.
        const isFault = error instanceof Fault && error.kind !== null;
        if (isFault || this.isOver || starts >= maxStarts) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        pauseMs *= 2;
        if (this.isOver) throw error;
        this.child = new NodeChild(launch, common);
      }
    }
  }
}
