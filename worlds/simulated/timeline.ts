import { assert } from '../../runtime/assert';
import { EventQueue, type QueuedEvent } from './event-queue';

/** More virtual time than any scenario needs: a run that gets there goes round in circles. */
const maxVirtualMs = 30 * 60_000;

/** Virtual time: it stands still while an event runs, and jumps to the next one. */
export class VirtualTimeline {
  /** Milliseconds since the start of the run. */
  now = 0;
  private readonly queue = new EventQueue();

  /** Has this happen then; what is to happen at the same time happens in the order of these calls. */
  at(timeMs: number, run: () => void): QueuedEvent {
    assert(timeMs >= this.now, 'nothing is to happen in the past');
    return this.queue.add(timeMs, run);
  }

  after(durationMs: number, run: () => void): QueuedEvent {
    return this.at(this.now + durationMs, run);
  }

  /** Goes on to the next event, and runs it. */
  advance(): void {
    const event = this.queue.take();
    if (event === undefined) throw new Error('the scenario waits for something that never happens');
    if (event.time > maxVirtualMs) {
      throw new Error(`the run took more than ${maxVirtualMs / 60_000} virtual minutes`);
    }
    this.now = event.time;
    event.run();
  }
}
