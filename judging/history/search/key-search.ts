import { assert } from '../../../runtime/assert';
import type { HistoryOperation } from '../model/history';
import { type DataModel, isOptional, isRequired } from '../model/models';
import { ConfigurationCache } from './configuration-cache';
import { deduce } from './deductions';
import { Demand } from './demand';
import { type Instruction, Machine, NONE, REFUSED } from './machine';
import { OptionalOperations } from './optional-operations';
import { OTHER } from './state-table';
import { OperationTimeline } from './timeline';

export type SearchOutcome = 'linearizable' | 'not-linearizable' | 'out-of-steps' | 'out-of-memory';

export interface KeySearchOptions {
  /** Look ahead for states that can no longer be met. Default true. */
  readonly lookahead?: boolean;
  /** How many of the longest orders that came to a dead end to keep. Default 0. */
  readonly deadEnds?: number;
}

/** Where the search stands after having placed an operation. */
interface Frame {
  readonly state: number;
  /** How many operations are placed. */
  readonly placed: number;
  /** The state before the operation that led here, if that was an optional one; else NONE. */
  readonly beforeOptional: number;
  /** Where in the pool of candidates those of this frame begin; they end where the pool ends. */
  readonly start: number;
  /** The next candidate to try. */
  cursor: number;
}

/**
 * The search for an order of the operations on one key: a depth-first search over the orders that
 * keep to real time (Wing & Gong 1993), which never visits a configuration twice (Lowe 2017). It
 * can be run a number of steps at a time, and the same steps always lead to the same outcome.
 *
 * A configuration is the set of operations placed together with the state. The set is kept short:
 * what has returned before the first return still to come is placed, what was invoked after it is
 * not; so besides that return only the operations under way at it need a bit each, and the
 * optional ones.
 *
 * What keeps the search small, without losing an order if there is one:
 * - The operation that returns first is tried first. Others are placed before it only if need be.
 * - What can change nothing, now or later, is placed at once (`Machine.isIdle`).
 * - Of pending operations that do the same, the one that returns first comes first.
 * - An optional operation must make a difference to what comes directly after it.
 * - What must have happened, judging by the values read, is given (`deduce`).
 * - A state that is still needed must not be left for good (`Demand`).
 */
export class KeySearch {
  /** Candidates tried and positions left so far. */
  steps = 0;
  /** The latest line whose return was the first left to place: before it, some order works. */
  furthestReturn = 0;

  private readonly operations: readonly HistoryOperation[];
  private readonly machine: Machine;
  private readonly instructions: readonly Instruction[];
  private readonly required: readonly boolean[];
  private readonly timeline: OperationTimeline;
  private readonly optional: OptionalOperations;
  private readonly demand: Demand | undefined;
  private readonly cache: ConfigurationCache;
  private readonly key: Int32Array;

  private readonly placed: number[] = [];
  private readonly frames: Frame[] = [];
  private readonly candidates: number[] = [];
  /** By code: where among the candidates of the present frame one that does the same is. */
  private readonly candidateOfCode: Int32Array;
  private requiredLeft: number;

  private readonly deadEndLimit: number;
  private deadEndLeft = Number.POSITIVE_INFINITY;
  private deadEndOrders: HistoryOperation[][] = [];

  /** @param history operations on one key, by invocation; failed ones count only as the model says */
  constructor(
    model: DataModel,
    history: readonly HistoryOperation[],
    options: KeySearchOptions = {},
  ) {
    const operations = history.filter((it) => isRequired(it) || isOptional(it));
    const { forced, links } = deduce(operations);
    const required = operations.map((it) => isRequired(it) || forced.has(it));
    const machine = new Machine(model, operations, links);
    const mandatory = positions(required, (it) => it);
    const useful = positions(machine.instructions, (instruction, position) => {
      return !required[position] && (instruction.result !== OTHER || machine.seesOther);
    });
    this.operations = operations;
    this.required = required;
    this.machine = machine;
    this.instructions = machine.instructions;
    this.timeline = new OperationTimeline(operations, mandatory);
    this.optional = new OptionalOperations(operations, this.instructions, useful);
    this.demand = options.lookahead === false ? undefined : new Demand(machine, required);
    this.key = new Int32Array(
      2 + Math.ceil(this.timeline.slotCount / 32) + this.optional.usedBits.length,
    );
    this.cache = new ConfigurationCache(this.key.length);
    this.candidateOfCode = new Int32Array(machine.distinct.length);
    this.requiredLeft = mandatory.length;
    this.deadEndLimit = options.deadEnds ?? 0;
    if (this.demand?.canBeMet(machine.initial) !== false) this.enter(machine.initial, NONE);
  }

  /** The order found, once the outcome is `linearizable`; optional operations left out are not in it. */
  get order(): HistoryOperation[] {
    return this.placed.map((position) => this.operations[position] as HistoryOperation);
  }

  /** Some of the longest orders from which no operation could come next; see `deadEnds`. */
  get deadEnds(): readonly (readonly HistoryOperation[])[] {
    return this.deadEndOrders;
  }

  /** Memory used by what grows with the search, in bytes, roughly. */
  get sizeBytes(): number {
    return this.cache.sizeBytes + this.machine.sizeBytes;
  }

  /**
   * Searches on.
   *
   * @param maxSteps steps before giving up for now
   * @param maxBytes what the search may come to use, see `sizeBytes`
   */
  run(maxSteps: number, maxBytes = Number.POSITIVE_INFINITY): SearchOutcome {
    for (let left = maxSteps; this.requiredLeft > 0; left--) {
      const frame = this.frames.at(-1);
      if (frame === undefined) return 'not-linearizable';
      if (left <= 0) return 'out-of-steps';
      if (this.cache.peakBytes + this.machine.sizeBytes > maxBytes) return 'out-of-memory';
      this.tryNext(frame);
    }
    this.assertIsOrder();
    return 'linearizable';
  }

  private tryNext(frame: Frame): void {
    this.steps++;
    const position = this.candidates[frame.cursor++];
    if (position === undefined) {
      this.leave(frame);
      return;
    }
    const next = this.machine.step(frame.state, this.instructions[position] as Instruction);
    if (next === REFUSED || this.isPointless(position, frame, next)) return;
    this.place(position);
    if (!this.isHopeful(position, frame.state, next) || !this.enter(next, frame.state)) {
      this.unplaceTo(frame.placed);
    }
  }

  /**
   * Whether the same can be had without an optional operation: this one, or the one before it. To
   * have it left is never worse, and the search tries the order without it anyway.
   */
  private isPointless(position: number, frame: Frame, next: number): boolean {
    if (!this.required[position]) {
      if (next === frame.state || (next === OTHER && !this.machine.seesOther)) return true;
    }
    if (frame.beforeOptional === NONE) return false;
    const instruction = this.instructions[position] as Instruction;
    return this.machine.step(frame.beforeOptional, instruction) === next;
  }

  private isHopeful(position: number, from: number, to: number): boolean {
    return this.demand?.survives(this.instructions[position] as Instruction, from, to) ?? true;
  }

  /** Opens a frame for the configuration reached, unless it has been visited before. */
  private enter(state: number, before: number): boolean {
    const placed = this.placed.length;
    const last = this.placed.at(-1);
    this.settle(state);
    if (this.requiredLeft > 0 && !this.cache.add(this.configuration(state))) return false;
    const isAfterOptional =
      last !== undefined && !this.required[last] && placed === this.placed.length;
    const start = this.candidates.length;
    this.frames.push({
      state,
      placed: this.placed.length,
      beforeOptional: isAfterOptional ? before : NONE,
      start,
      cursor: start,
    });
    if (this.requiredLeft > 0) this.gather(start);
    return true;
  }

  private leave(frame: Frame): void {
    if (this.deadEndLimit > 0) this.noteDeadEnd();
    this.candidates.length = frame.start;
    assert(this.frames.pop() === frame, 'the frame that was opened last is left first');
    this.unplaceTo(this.frames.at(-1)?.placed ?? 0);
  }

  /** Places whatever is no decision. */
  private settle(state: number): void {
    const { timeline } = this;
    for (let entry = timeline.first; timeline.isCall(entry); entry = timeline.after(entry)) {
      const position = timeline.operationAt(entry);
      if (this.machine.isIdle(state, this.instructions[position] as Instruction)) {
        this.place(position);
      }
    }
  }

  /** Adds to the pool what may come next: first the operation that returns first. */
  private gather(start: number): void {
    const { timeline } = this;
    const firstReturn = timeline.operationAt(timeline.firstReturn());
    const line = this.returnedAt(firstReturn);
    if (line > this.furthestReturn) this.furthestReturn = line;
    this.nominate(firstReturn, start);
    for (let entry = timeline.first; timeline.isCall(entry); entry = timeline.after(entry)) {
      this.nominate(timeline.operationAt(entry), start);
    }
    this.optional.offer(line, (it) => this.nominate(it, start));
  }

  /** Of operations that do the same only the one that returns first becomes a candidate. */
  private nominate(position: number, start: number): void {
    const { code } = this.instructions[position] as Instruction;
    const index = this.candidateOfCode[code] as number;
    const rival = index < start ? undefined : this.candidates[index];
    if (rival === undefined || this.instructions[rival]?.code !== code) {
      this.candidateOfCode[code] = this.candidates.push(position) - 1;
    } else if (this.returnedAt(position) < this.returnedAt(rival)) {
      this.candidates[index] = position;
    }
  }

  private returnedAt(position: number): number {
    return (this.operations[position] as HistoryOperation).returnedAt;
  }

  private configuration(state: number): Int32Array {
    const { key, timeline } = this;
    key.fill(0);
    let entry = timeline.first;
    for (; timeline.isCall(entry); entry = timeline.after(entry)) {
      const slot = timeline.slots[timeline.operationAt(entry)] as number;
      const word = 2 + (slot >> 5);
      key[word] = (key[word] as number) | (1 << (slot & 31));
    }
    key[0] = entry;
    key[1] = state;
    key.set(this.optional.usedBits, key.length - this.optional.usedBits.length);
    return key;
  }

  private place(position: number): void {
    const isRequired = this.required[position] as boolean;
    this.placed.push(position);
    this.demand?.place(this.instructions[position] as Instruction, isRequired);
    if (isRequired) {
      this.timeline.lift(position);
      this.requiredLeft--;
    } else {
      this.optional.use(position);
    }
  }

  private unplaceTo(length: number): void {
    while (this.placed.length > length) {
      const position = this.placed.pop() as number;
      const isRequired = this.required[position] as boolean;
      this.demand?.unplace(this.instructions[position] as Instruction, isRequired);
      if (isRequired) {
        this.timeline.letDown(position);
        this.requiredLeft++;
      } else {
        this.optional.giveBack(position);
      }
    }
  }

  /** Asserts the order that was found: the model takes the operations in this order, and so does time. */
  private assertIsOrder(): void {
    const { placed, operations, instructions, machine } = this;
    const isPlaced = new Set(placed);
    assert(isPlaced.size === placed.length, 'no operation is placed twice');
    assert(
      this.required.every((isRequired, position) => !isRequired || isPlaced.has(position)),
      'every operation that must be in the order is in it',
    );
    let state = machine.initial;
    let latestInvocation = Number.NEGATIVE_INFINITY;
    for (const position of placed) {
      const { invokedAt, returnedAt } = operations[position] as HistoryOperation;
      assert(
        returnedAt > latestInvocation,
        'none stands after one that began when it had returned',
      );
      latestInvocation = Math.max(latestInvocation, invokedAt);
      state = machine.step(state, instructions[position] as Instruction);
      assert(state !== REFUSED, 'the model takes each operation in the state before it');
    }
  }

  private noteDeadEnd(): void {
    if (this.requiredLeft > this.deadEndLeft) return;
    if (this.requiredLeft < this.deadEndLeft) this.deadEndOrders = [];
    this.deadEndLeft = this.requiredLeft;
    if (this.deadEndOrders.length < this.deadEndLimit) this.deadEndOrders.push(this.order);
  }
}

function positions<T>(
  items: readonly T[],
  where: (item: T, position: number) => boolean,
): number[] {
  return items.flatMap((item, position) => (where(item, position) ? [position] : []));
}
