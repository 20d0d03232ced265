import { mayBeHash } from '../model/models';
import { addTo } from '../model/multimap';
import { type Instruction, type Machine, NONE } from './machine';
import { MISSING } from './state-table';

/**
 * Looks ahead in a search: which states are still needed by operations that must be placed, and
 * which operations are left that could bring such a state about. Where a state is needed, is not
 * the present one, and nothing is left to bring it about, there is no need to search on. That is
 * what finds a stale read when its value is overwritten, not when the read comes up, by which time
 * every order of everything in between would have been tried.
 */
export class Demand {
  private readonly machine: Machine;
  /** By state: operations not yet placed that must find it. */
  private readonly needs: Int32Array;
  /** By state: operations not yet placed that leave it whatever they find. */
  private readonly supplies: Int32Array;
  /** By state: the appends that may leave it, depending on what they find. */
  private readonly appendsTo = new Map<number, Instruction[]>();
  /** By code of an append: the needed states that it may leave. */
  private readonly appendedBy = new Map<number, number[]>();
  /** By code: operations not yet placed. */
  private readonly left: Int32Array;
  /** Operations not yet placed that may leave any hash at all. */
  private wildcards = 0;
  /** By state: whether it is a value that a hash may be. */
  private readonly mayBeHash: readonly boolean[];

  /** @param required by position in the machine's list: whether every order must hold it */
  constructor(machine: Machine, required: readonly boolean[]) {
    this.machine = machine;
    this.needs = new Int32Array(machine.fixedStates);
    this.supplies = new Int32Array(machine.fixedStates);
    this.left = new Int32Array(machine.distinct.length);
    const hasHashes = machine.distinct.some(({ kind }) => kind === 'openPutHash');
    this.mayBeHash = hasHashes
      ? Array.from(this.needs, (_, state) => mayBeHash(machine.text(state)))
      : [];
    machine.instructions.forEach((instruction, index) => {
      this.count(instruction, required[index] === true, 1);
    });
    this.matchAppends();
  }

  /** Whether every needed state can be brought about, or is the one given. */
  canBeMet(state: number): boolean {
    return this.needs.every((_, needed) => !this.isLost(needed, state));
  }

  /** Takes note that an operation has been placed. */
  place(instruction: Instruction, isRequired: boolean): void {
    this.count(instruction, isRequired, -1);
  }

  /** Takes back a `place`. */
  unplace(instruction: Instruction, isRequired: boolean): void {
    this.count(instruction, isRequired, 1);
  }

  /**
   * Whether what could be met before the step still can, after it; to be asked when the operation
   * of the step has been placed.
   */
  survives(instruction: Instruction, from: number, to: number): boolean {
    if (from !== to && this.isLost(from, to)) return false;
    // The last append of its kind, made in the wrong place.
    if (instruction.kind !== 'append' || this.left[instruction.code] !== 0) return true;
    return !this.appendedBy.get(instruction.code)?.some((state) => this.isLost(state, to));
  }

  private isLost(needed: number, present: number): boolean {
    return (
      needed !== present &&
      needed < this.needs.length &&
      this.needs[needed] !== 0 &&
      this.supplies[needed] === 0 &&
      (this.wildcards === 0 || !this.mayBeHash[needed]) &&
      !this.appendsTo.get(needed)?.some(({ code }) => this.left[code] !== 0)
    );
  }

  private count(instruction: Instruction, isRequired: boolean, change: 1 | -1): void {
    const { code, kind, expected, result } = instruction;
    this.left[code] = (this.left[code] as number) + change;
    if (kind === 'openPutHash') this.wildcards += change;
    if (isRequired && this.needsOneState(instruction)) {
      this.needs[expected] = (this.needs[expected] as number) + change;
    }
    if (result !== NONE && result < this.supplies.length) {
      this.supplies[result] = (this.supplies[result] as number) + change;
    }
  }

  private needsOneState({ kind, expected }: Instruction): boolean {
    // A read of the empty string may just as well have found nothing.
    if (kind === 'link') return this.machine.text(expected) !== '';
    return kind === 'read' || kind === 'cas';
  }

  /** An append may leave the values which end in what it appends. */
  private matchAppends(): void {
    const appends = new Map<string, Instruction>();
    for (const instruction of this.machine.distinct) {
      if (instruction.kind === 'append') appends.set(instruction.text, instruction);
    }
    const lengths = new Set([...appends.keys()].map((text) => text.length));
    for (let state = MISSING + 1; state < this.needs.length; state++) {
      if (this.needs[state] === 0) continue;
      const value = this.machine.text(state);
      for (const length of lengths) {
        // Appending nothing brings about nothing but the empty string.
        if (length > value.length || (length === 0 && value !== '')) continue;
        const append = appends.get(value.slice(value.length - length));
        if (append === undefined) continue;
        addTo(this.appendsTo, state, append);
        addTo(this.appendedBy, append.code, state);
      }
    }
  }
}
