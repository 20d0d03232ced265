/** Events to come, by time; those of the same time happen in the order they were added. */
export interface QueuedEvent {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

export class EventQueue {
  private readonly heap: QueuedEvent[] = [];
  private nextOrder = 0;

  add(time: number, run: () => void): QueuedEvent {
    const event = { time, order: this.nextOrder++, run, cancelled: false };
    this.heap.push(event);
    this.siftUp(this.heap.length - 1);
    return event;
  }

  /** Takes out the next event; undefined when nothing is to happen any more. */
  take(): QueuedEvent | undefined {
    while (this.heap.length > 0) {
      const first = this.heap[0] as QueuedEvent;
      const last = this.heap.pop() as QueuedEvent;
      if (this.heap.length > 0) {
        this.heap[0] = last;
        this.siftDown(0);
      }
      if (!first.cancelled) return first;
    }
    return undefined;
  }

  private siftUp(start: number): void {
    const { heap } = this;
    const event = heap[start] as QueuedEvent;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as QueuedEvent;
      if (!comesBefore(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  private siftDown(start: number): void {
    const { heap } = this;
    const event = heap[start] as QueuedEvent;
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && comesBefore(right, heap[child] as QueuedEvent)) child += 1;
      const below = heap[child] as QueuedEvent;
      if (!comesBefore(below, event)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = event;
  }
}

function comesBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
