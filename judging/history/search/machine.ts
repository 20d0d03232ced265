import { chainedHash } from '../../../pbservice/chained-hash';
import type { HistoryOperation, Value } from '../model/history';
import { type DataModel, leftBy } from '../model/models';
import type { AppendLink } from './deductions';
import { MISSING, OTHER, StateTable } from './state-table';

/** The answer of a state that does not bring about what the operation brought back. */
export const REFUSED = -1;
/** In place of a state: not a fixed one. */
export const NONE = -1;

const BYTES_PER_MEMO = 48;

type Kind =
  | 'read'
  | 'write'
  | 'cas'
  | 'failedCas'
  | 'append'
  /** An append or putHash of which the values before and after are known. */
  | 'link'
  | 'openPutHash';

/** The action of an operation, in terms of states. Operations of one effect share one action. */
export interface Instruction {
  readonly code: number;
  readonly kind: Kind;
  /** The state that it needs to find, or (failedCas) not to find. */
  readonly expected: number;
  /** The state that it leaves, if that does not depend on the one before. */
  readonly result: number;
  /** The text that append appends and openPutHash hashes. */
  readonly text: string;
}

/**
 * The operations on one key, compiled: states and operations are small integers, and a step is a
 * comparison or a look-up. It agrees with the model's `apply` on every state; where nothing can
 * tell two states apart any more, they are one state.
 */
export class Machine {
  /** By position in the list of operations. */
  readonly instructions: readonly Instruction[];
  /** By code. */
  readonly distinct: readonly Instruction[];
  readonly initial: number;
  /** The states that operations expect are below this number. */
  readonly fixedStates: number;
  /** Whether some operation can tell OTHER from an expected state: a failed cas can. */
  readonly seesOther: boolean;

  private readonly table: StateTable;
  private readonly memo = new Map<number, number>();

  private readonly links: ReadonlyMap<HistoryOperation, AppendLink>;

  /**
   * @param operations on one key
   * @param links what is known of the appends among them
   */
  constructor(
    model: DataModel,
    operations: readonly HistoryOperation[],
    links: ReadonlyMap<HistoryOperation, AppendLink> = new Map(),
  ) {
    this.links = links;
    const expected = new Set<string>();
    for (const operation of operations) {
      const value = this.expectation(operation);
      if (value !== undefined && value !== null) expected.add(encode(operation, value));
    }
    this.seesOther = operations.some(({ f, outcome }) => f === 'cas' && outcome === 'fail');
    this.table = new StateTable(expected, {
      prefixesCount: operations.some(({ f }) => f === 'append'),
      // The value that an open putHash writes depends on a state that nobody need have expected.
      keepsTexts: operations.some(({ f, outcome }) => f === 'putHash' && outcome === 'info'),
    });
    for (const text of expected) this.table.of(text);
    this.initial = model.initial === null ? MISSING : this.table.of(String(model.initial));

    const byName = new Map<string, Instruction>();
    this.instructions = operations.map((operation) => this.compile(operation, byName));
    this.distinct = [...byName.values()];
    this.fixedStates = expected.size + 2;
  }

  /** The state after the instruction, or REFUSED. */
  step(state: number, instruction: Instruction): number {
    const { kind, expected, result } = instruction;
    switch (kind) {
      case 'write':
        return result;
      case 'read':
        return state === expected ? state : REFUSED;
      case 'cas':
        return state === expected ? result : REFUSED;
      case 'failedCas':
        return state === expected ? REFUSED : state;
      case 'link':
        return this.holds(state, expected) ? result : REFUSED;
      default:
        return this.derive(state, instruction);
    }
  }

  /** Memory used by states and steps met on the way, in bytes, roughly. */
  get sizeBytes(): number {
    return this.table.sizeBytes + this.memo.size * BYTES_PER_MEMO;
  }

  /** The value of an expected state. */
  text(state: number): string {
    return this.table.text(state);
  }

  /**
   * Whether placing the instruction in this state is no decision: it changes nothing now, and it
   * is no means to anything later.
   */
  isIdle(state: number, { kind, expected, result }: Instruction): boolean {
    if (kind === 'read') return state === expected;
    if (kind === 'failedCas') return state !== expected;
    return kind === 'write' && result === OTHER && state === OTHER && !this.seesOther;
  }

  /** For append and putHash a key that is not there holds the empty string. */
  private holds(state: number, expected: number): boolean {
    return state === expected || (state === MISSING && this.table.text(expected) === '');
  }

  private derive(state: number, { code, kind, text }: Instruction): number {
    const key = state * this.distinct.length + code;
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    const next =
      kind === 'append'
        ? this.table.append(state, text)
        : this.table.of(chainedHash(this.table.text(state), text));
    this.memo.set(key, next);
    return next;
  }

  /** The value that the operation needs to find or, for a failed cas, not to find. */
  private expectation(operation: HistoryOperation): Value | undefined {
    switch (operation.f) {
      case 'get':
      case 'read':
        return operation.result;
      case 'putHash':
        return operation.outcome === 'ok' ? operation.result : undefined;
      case 'append':
        return this.links.get(operation)?.before;
      case 'cas':
        return operation.from;
      default:
        return undefined;
    }
  }

  private compile(operation: HistoryOperation, byName: Map<string, Instruction>): Instruction {
    const meaning = this.meaningOf(operation);
    const name = Object.values(meaning).join(' ');
    const known = byName.get(name);
    if (known !== undefined) return known;
    const instruction = { code: byName.size, ...meaning };
    byName.set(name, instruction);
    return instruction;
  }

  private meaningOf(operation: HistoryOperation): Omit<Instruction, 'code'> {
    const stateOf = (value: Value): number =>
      value === null ? MISSING : this.table.of(encode(operation, value));
    const meaning = (kind: Kind, expected: number, result: number, text = '') => {
      return { kind, expected, result, text };
    };

    switch (operation.f) {
      case 'get':
      case 'read':
        return meaning('read', stateOf(operation.result), NONE);
      case 'put':
      case 'write':
        return meaning('write', NONE, stateOf(operation.value));
      case 'append': {
        const link = this.links.get(operation);
        if (link !== undefined) {
          return meaning('link', this.table.of(link.before), this.table.of(link.after));
        }
        // A write that cannot be part of any value found overwrites the value, as far as anybody can tell.
        return this.table.mayOccur(operation.value)
          ? meaning('append', NONE, NONE, operation.value)
          : meaning('write', NONE, OTHER);
      }
      case 'putHash': {
        if (operation.outcome === 'info') {
          return meaning('openPutHash', NONE, NONE, operation.value);
        }
        return meaning('link', stateOf(operation.result), stateOf(leftBy(operation) as Value));
      }
      case 'cas':
        return operation.outcome === 'fail'
          ? meaning('failedCas', stateOf(operation.from), NONE)
          : meaning('cas', stateOf(operation.from), stateOf(operation.to));
    }
  }
}

/** Registers hold numbers and strings, of which 1 and "1" differ; the kv model strings only. */
function encode({ f }: HistoryOperation, value: string | number): string {
  const isRegister = f === 'read' || f === 'write' || f === 'cas';
  return isRegister ? JSON.stringify(value) : String(value);
}
