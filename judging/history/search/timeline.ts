import type { HistoryOperation } from '../model/history';

/**
 * The calls and returns, in real-time order, of the operations that a search has yet to place: a
 * doubly linked list from which an operation is lifted when it is placed and into which it is let
 * down again, last lifted first, when the search backtracks. (Wing & Gong 1993; the links of what
 * has been lifted stay as they were, so letting down needs no search.)
 *
 * The operations that may come next are those called before the first return in the list: any
 * later one was invoked when that one had already returned, so it cannot come before it.
 */
export class OperationTimeline {
  // Entries: 2i is the call of operation i, 2i + 1 its return; the last is the head of the list.
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly head: number;
  /** Bits that tell the operations apart which are under way at the same time, by operation. */
  readonly slots: Int32Array;
  readonly slotCount: number;

  /**
   * @param operations all operations, by position
   * @param members positions of those that the list is to hold
   */
  constructor(operations: readonly HistoryOperation[], members: readonly number[]) {
    this.head = 2 * operations.length;
    this.next = new Int32Array(this.head + 1).fill(this.head);
    this.previous = new Int32Array(this.head + 1).fill(this.head);
    this.slots = new Int32Array(operations.length);

    const lineOf = (entry: number): number => {
      const operation = operations[entry >> 1] as HistoryOperation;
      return isReturn(entry) ? operation.returnedAt : operation.invokedAt;
    };
    const entries = members.flatMap((member) => [2 * member, 2 * member + 1]);
    // Operations that never returned come last: Infinity less Infinity is not a number.
    entries.sort((a, b) => lineOf(a) - lineOf(b) || a - b);
    for (const entry of entries) this.insertBefore(entry, this.head);
    this.slotCount = this.assignSlots(entries);
  }

  /** The first call or return in the list, or END. */
  get first(): number {
    return this.next[this.head] as number;
  }

  /** The entry after another one, which may just have been lifted. */
  after(entry: number): number {
    return this.next[entry] as number;
  }

  isCall(entry: number): boolean {
    return entry !== this.head && !isReturn(entry);
  }

  /** Position of the operation that an entry belongs to. */
  operationAt(entry: number): number {
    return entry >> 1;
  }

  /** The first return in the list; meaningless if the list is empty. */
  firstReturn(): number {
    let entry = this.first;
    while (this.isCall(entry)) entry = this.after(entry);
    return entry;
  }

  lift(operation: number): void {
    // The return first: its link is then right even if the call came directly before it.
    this.unlink(2 * operation + 1);
    this.unlink(2 * operation);
  }

  letDown(operation: number): void {
    this.relink(2 * operation);
    this.relink(2 * operation + 1);
  }

  private unlink(entry: number): void {
    const next = this.next[entry] as number;
    const previous = this.previous[entry] as number;
    this.next[previous] = next;
    this.previous[next] = previous;
  }

  private relink(entry: number): void {
    this.next[this.previous[entry] as number] = entry;
    this.previous[this.next[entry] as number] = entry;
  }

  private insertBefore(entry: number, next: number): void {
    this.next[entry] = next;
    this.previous[entry] = this.previous[next] as number;
    this.relink(entry);
  }

  private assignSlots(entries: readonly number[]): number {
    const free: number[] = [];
    let count = 0;
    for (const entry of entries) {
      const operation = entry >> 1;
      if (isReturn(entry)) free.push(this.slots[operation] as number);
      else this.slots[operation] = free.pop() ?? count++;
    }
    return count;
  }
}

function isReturn(entry: number): boolean {
  return (entry & 1) === 1;
}
