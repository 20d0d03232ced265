import type { HistoryOperation } from '../model/history';
import type { Instruction } from './machine';

/**
 * The operations that an order may hold or leave out: they never returned. Those that do the same
 * are interchangeable, having no return to be in time for, so they are used in the order of their
 * invocation, and only the next of each kind is ever offered.
 */
export class OptionalOperations {
  /** Which have been used: a bit for each, for the key of a configuration. */
  readonly usedBits: Int32Array;

  /** By kind: positions of the operations, by invocation. */
  private readonly kinds: number[][] = [];
  /** By kind: how many have been used. */
  private readonly used: number[] = [];
  private readonly kindOf = new Map<number, number>();
  private readonly ordinalOf = new Map<number, number>();
  private readonly invokedAt: (position: number) => number;
  // Kinds with operations left: a doubly linked list, by first invocation; the last is its head.
  private readonly next: number[];
  private readonly previous: number[];

  /** @param members positions of the optional operations, by invocation */
  constructor(
    operations: readonly HistoryOperation[],
    instructions: readonly Instruction[],
    members: readonly number[],
  ) {
    this.invokedAt = (position) => (operations[position] as HistoryOperation).invokedAt;
    const kindByCode = new Map<number, number>();
    for (const position of members) {
      const { code } = instructions[position] as Instruction;
      const kind = kindByCode.get(code) ?? this.kinds.push([]) - 1;
      kindByCode.set(code, kind);
      this.kinds[kind]?.push(position);
      this.kindOf.set(position, kind);
      this.ordinalOf.set(position, this.ordinalOf.size);
    }
    const head = this.kinds.length;
    this.used = this.kinds.map(() => 0);
    this.next = Array.from({ length: head + 1 }, (_, kind) => (kind === head ? 0 : kind + 1));
    this.previous = Array.from({ length: head + 1 }, (_, kind) => (kind === 0 ? head : kind - 1));
    this.usedBits = new Int32Array(Math.ceil(members.length / 32));
  }

  /** Offers each operation that was invoked before the line and is the next of its kind. */
  offer(line: number, to: (position: number) => void): void {
    const head = this.kinds.length;
    for (let kind = this.next[head] as number; kind !== head; kind = this.next[kind] as number) {
      const operations = this.kinds[kind] as number[];
      if (this.invokedAt(operations[0] as number) > line) return;
      const position = operations[this.used[kind] as number] as number;
      if (this.invokedAt(position) < line) to(position);
    }
  }

  use(position: number): void {
    const kind = this.kindOf.get(position) as number;
    this.flip(position);
    this.used[kind] = (this.used[kind] as number) + 1;
    if (this.used[kind] === this.kinds[kind]?.length) this.unlink(kind);
  }

  /** Takes back the last `use` that has not been taken back. */
  giveBack(position: number): void {
    const kind = this.kindOf.get(position) as number;
    if (this.used[kind] === this.kinds[kind]?.length) this.relink(kind);
    this.used[kind] = (this.used[kind] as number) - 1;
    this.flip(position);
  }

  private flip(position: number): void {
    const ordinal = this.ordinalOf.get(position) as number;
    this.usedBits[ordinal >> 5] = (this.usedBits[ordinal >> 5] as number) ^ (1 << (ordinal & 31));
  }

  private unlink(kind: number): void {
    this.next[this.previous[kind] as number] = this.next[kind] as number;
    this.previous[this.next[kind] as number] = this.previous[kind] as number;
  }

  private relink(kind: number): void {
    this.next[this.previous[kind] as number] = kind;
    this.previous[this.next[kind] as number] = kind;
  }
}
