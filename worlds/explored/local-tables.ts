/**
 * Tables of single nodes: their states, the state that each input leads to, and the outputs
 * on the way. `LocalStates` fills them by running the code of nodes.
 */

import type { Failure } from '../../judging/failure';
import type { Json } from '../../runtime/node';
import type { NodeBug } from '../../runtime/node-bug';
import type { LogOutput, Reaction } from './incarnations';
import {
  cancelOutput,
  clockInput,
  inputContent,
  inputKind,
  outputKind,
  timerOutput,
} from './inputs';
import { Interner, PairTable, RecordPool } from './tables';

/** An input, and the state in which it was given. */
export interface GivenInput {
  readonly state: number;
  readonly input: number;
}

/** The part of a node's state that people may read. */
export interface Shown {
  /** The fields that the node shows of itself. */
  readonly inspected: Json;
  /** The log lines on the way to this state. */
  readonly logs: readonly LogOutput[];
}

export class LocalTables {
  readonly contents = new Interner();

  // By state.
  protected readonly parents = new RecordPool();
  protected readonly inputs = new RecordPool();
  protected readonly nodes = new RecordPool();
  readonly observations = new RecordPool();
  protected readonly memories = new RecordPool();
  /** The clocks of nodes that are told the time. */
  readonly clocks = new RecordPool();

  // By transition.
  readonly transitions = new PairTable(1 << 14);
  readonly next = new RecordPool();
  /** The outputs of transition t are the words from `outputStarts[t]` to `outputStarts[t + 1]`. */
  readonly outputStarts = new RecordPool();
  readonly outputs = new RecordPool();
  /** The slot that a request took, by transition. */
  readonly requestSlots = new RecordPool();
  /** Transitions in which the view service hears that its primary has restarted. */
  readonly restartClaims = new Set<number>();
  /** The states among them in which the data is lost with the node, as nobody else has it for sure. */
  readonly lossClaims = new Set<number>();
  /** The errors that the code of a node threw, by transition. */
  readonly bugs = new Map<number, NodeBug>();
  /** Where a node broke a rule or threw, by transition. */
  readonly violations = new Map<number, Failure>();

  /** By state, where they are asked for. */
  private readonly shown = new Map<number, Shown>();
  private readonly blanks: number[] = [];

  constructor(nodeCount: number, observation: number) {
    this.outputStarts.push(0);
    for (let node = 0; node < nodeCount; node += 1) {
      // First incarnations and later ones.
      for (let incarnation = 0; incarnation < 2; incarnation += 1) {
        this.blanks.push(this.newState(-1, incarnation, node, observation));
      }
    }
  }

  /** The state of a node before its first start, or before a restart. */
  blank(node: number, isRestart: boolean): number {
    return this.blanks[2 * node + (isRestart ? 1 : 0)] as number;
  }

  /** Whether it is one of those. */
  isBlank(state: number): boolean {
    return (this.parents.words[state] as number) < 0;
  }

  /** The input, and the state in which it was given, that led to this one; undefined: none yet. */
  origin(state: number): GivenInput | undefined {
    const before = this.parents.words[state] as number;
    return before < 0 ? undefined : { state: before, input: this.inputs.words[state] as number };
  }

  /** The part of the node's state that people may read; undefined: nothing was kept. */
  shownIn(state: number): Shown | undefined {
    return this.shown.get(state);
  }

  protected show(state: number, shown: Shown): void {
    this.shown.set(state, shown);
  }

  get count(): number {
    return this.parents.length;
  }

  get sizeBytes(): number {
    const pools = [this.parents, this.inputs, this.nodes, this.observations, this.next];
    const tables = [...pools, this.outputs, this.outputStarts, this.transitions];
    return tables.reduce((sum, table) => sum + table.sizeBytes, 0);
  }

  /** The outputs of a transition, two words each. */
  *outputsOf(transition: number): Generator<readonly [word: number, content: number]> {
    const { words } = this.outputs;
    const end = this.outputStarts.words[transition + 1] as number;
    for (let at = this.outputStarts.words[transition] as number; at < end; at += 2) {
      yield [words[at] as number, words[at + 1] as number];
    }
  }

  /** The words of its node at each transition, for people and tests. */
  *everythingSaid(): Generator<{ readonly node: number; readonly outputs: string }> {
    for (let transition = 0; transition < this.next.length; transition += 1) {
      const node = this.nodes.words[this.next.words[transition] as number] as number;
      for (const [word, value] of this.outputsOf(transition)) {
        const kind = outputKind(word);
        const isTime = kind === timerOutput || kind === cancelOutput;
        yield { node, outputs: `${kind} ${isTime ? value : this.contents.text(value)}` };
      }
    }
  }

  protected newState(parent: number, input: number, node: number, observation: number): number {
    const state = this.parents.length;
    this.parents.push(parent);
    this.inputs.push(input);
    this.nodes.push(node);
    this.observations.push(observation);
    this.memories.push(-1);
    const isTime = parent >= 0 && inputKind(input) === clockInput;
    this.clocks.push(isTime ? inputContent(input) : ((this.clocks.words[parent] as number) ?? 0));
    return state;
  }

  /** The inputs that lead to a state from the start of its incarnation. */
  protected pathOf(state: number): GivenInput[] {
    const path: GivenInput[] = [];
    for (let after = state; ; ) {
      const before = this.parents.words[after] as number;
      if (before < 0) return path.reverse();
      path.push({ state: before, input: this.inputs.words[after] as number });
      after = before;
    }
  }

  /** The number of a node's memory in a state; a number of its own where nobody can tell. */
  protected memoryBefore(state: number): number {
    const memory = this.memories.words[state] as number;
    return memory < 0 ? -2 - state : memory;
  }

  /** Whether it is what the input made of the state the first time. */
  protected isKnown(state: number, input: number, { outputs }: Reaction): boolean {
    const transition = this.transitions.get(state, input);
    const start = this.outputStarts.words[transition] as number;
    const end = this.outputStarts.words[transition + 1] as number;
    const isSame = (word: number, i: number) => this.outputs.words[start + i] === word;
    return outputs.length === end - start && outputs.every(isSame);
  }
}
