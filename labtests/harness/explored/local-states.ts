/**
 * The states of single nodes and what each input makes of them. A state is a history of inputs; the
 * code of a node runs only for a state and an input that never met before, and everything after
 * that is looking up.
 *
 * Two histories count as one state when nothing is under way and the memories are equal. That is
 * tried out on samples: the other history is run on beside the first one, and if it ever does
 * something else, histories of that kind of node are no longer merged.
 */

import { messageOf } from '../../../runtime/errors';
import type { Failure } from '../scenario/failure';
import type { NodeHost, Sharing } from '../simulated/node-host';
import type { Role } from '../world';
import {
  cancelOutput,
  clockInput,
  inputContent,
  inputKind,
  invokeInput,
  outputKind,
  requestInput,
  timerOutput,
} from './inputs';
import { LifePool } from './life-pool';
import {
  BeyondExplorer,
  Life,
  Misfit,
  never,
  type Reaction,
  type Recollection,
  type SharedByLives,
} from './lives';
import { HiddenMemory, MergeCheck } from './merge-check';
import type { Observer } from './observer';
import { Pasts } from './pasts';
import { Interner, PairTable, Pool } from './tables';

export interface NodeSpec {
  readonly name: string;
  readonly role: Role;
}

export interface LocalStatesOptions {
  readonly nodes: readonly NodeSpec[];
  readonly host: NodeHost;
  readonly seed: number;
  readonly tickIntervalMs: number;
  readonly observer: Observer;
  /** Merges histories whose memories are equal. */
  readonly merging: boolean;
  /** Kinds of nodes that must not be merged. */
  readonly unmerged?: ReadonlySet<Role['kind']>;
  /** Told before the code of a node runs, and when it has settled: what a watchdog goes by. */
  readonly onInput?: (node: string, what: string) => void;
  readonly onSettled?: () => void;
}

/** An input, and the state in which it was given. */
interface Given {
  readonly state: number;
  readonly input: number;
}

/** The first replays are all tried with modules of their own, and of the others one in so many. */
const firstTried = 16;
const everyTried = 32;
const unlike = 'given the same inputs again, it did something else';

export class LocalStates {
  readonly contents = new Interner();
  readonly options: LocalStatesOptions;
  /** How often the code of a node was run for a new pair; replays not counted. */
  executions = 0;
  /** Inputs given again to bring a node to where it was. */
  replayed = 0;
  /** Lives that were begun anew for that. */
  private replays = 0;
  private readonly sharing: Sharing = {};

  // By state.
  private readonly parents = new Pool();
  private readonly inputs = new Pool();
  private readonly nodes = new Pool();
  readonly observations = new Pool();
  private readonly memories = new Pool();
  /** What the clocks show of nodes that are told the time. */
  readonly clocks = new Pool();
  private readonly texts = new Interner();

  // By transition.
  readonly transitions = new PairTable(1 << 14);
  readonly next = new Pool();
  /** The outputs of transition t are the words from `outputStarts[t]` to `outputStarts[t + 1]`. */
  readonly outputStarts = new Pool();
  readonly outputs = new Pool();
  /** The slot that a request took, by transition. */
  readonly requestSlots = new Pool();
  /** Transitions in which the view service hears that its primary has restarted. */
  readonly restartClaims = new Set<number>();
  /** Where a node broke a rule or threw, by transition. */
  readonly violations = new Map<number, Failure>();

  /** What hides in the memory of a state, by its origin. */
  private readonly hidden = new Map<number, readonly string[]>();
  private unawaited: string | undefined;
  private readonly onRejection = (error: unknown) => {
    this.unawaited ??= `a promise that nobody awaits failed: ${messageOf(error)}`;
  };
  private readonly byMemory = new Map<string, number>();
  private readonly pool = new LifePool();
  private readonly check = new MergeCheck();
  private readonly shared: SharedByLives;
  private readonly blanks: number[] = [];

  constructor(options: LocalStatesOptions) {
    this.options = options;
    this.shared = {
      contents: this.contents,
      pasts: new Pasts(),
      nodeNumbers: new Map(options.nodes.map(({ name }, number) => [name, number])),
      tickIntervalMs: options.tickIntervalMs,
    };
    this.outputStarts.push(0);
    process.on('unhandledRejection', this.onRejection);
    for (const number of options.nodes.keys()) {
      // First lives and later ones.
      for (let life = 0; life < 2; life += 1) {
        this.blanks.push(this.newState(-1, life, number, options.observer.nothing));
      }
    }
  }

  /** The state of a node before its first start, or before a restart. */
  blank(node: number, isRestart: boolean): number {
    return this.blanks[2 * node + (isRestart ? 1 : 0)] as number;
  }

  get count(): number {
    return this.parents.length;
  }

  get sizeBytes(): number {
    const pools = [this.parents, this.inputs, this.nodes, this.observations, this.next];
    const tables = [...pools, this.outputs, this.outputStarts, this.transitions];
    return tables.reduce((sum, table) => sum + table.sizeBytes, 0);
  }

  /** Finds out what the input makes of the state, by running the code of the node. */
  async execute(state: number, input: number): Promise<void> {
    try {
      await this.run(state, input);
    } catch (error) {
      const node = this.nodes.words[state] as number;
      if (error instanceof Misfit && this.isMergeable(node)) throw this.hiddenIn(node, unlike);
      throw error;
    }
  }

  private async run(state: number, input: number): Promise<void> {
    const node = this.nodes.words[state] as number;
    const life = await this.lifeAt(state);
    this.options.onInput?.(this.specOf(node).name, this.nameOf(input));
    const reaction = await life.give(this.memoryBefore(state), input);
    this.options.onSettled?.();
    if (this.sharing.isBroken) throw this.hiddenIn(node, 'it changed the global object');
    this.executions += 1;
    const { observer } = this.options;
    const before = this.observations.words[state] as number;
    const seen = observer.see(
      before,
      this.specOf(node).role,
      this.described(input),
      reaction,
      (id) => this.contents.text(id),
    );
    const { memory, hidden } = await this.recollectionOf(life, node);
    this.requireTicks(node, reaction.tickIntervalMs);
    const known = this.count;
    const remembered = memory === null ? -1 : this.texts.id(memory);
    const next = this.stateAfter(state, input, life, remembered, seen.observation);
    if (hidden.length > 0) this.hidden.set(next, hidden);
    if (this.check.has(state)) await this.compare(node, { state, input }, reaction, memory, next);

    const transition = this.next.length;
    this.transitions.add(state, input, transition);
    this.next.push(next);
    this.requestSlots.push(reaction.requestSlot);
    for (const word of reaction.outputs) this.outputs.push(word);
    this.outputStarts.push(this.outputs.length);
    if (seen.claimsRestart) this.restartClaims.add(transition);
    const violation = this.thrown(reaction) ?? seen.violation;
    if (violation !== undefined) {
      const { name } = this.specOf(node);
      this.violations.set(transition, { ...violation, actual: `${name}: ${violation.actual}` });
    }
    const isMerged = next < known;
    if (!isMerged || !this.check.merged(next, life)) this.pool.keep(next, life);
  }

  /** What no code of the node caught. */
  private thrown({ failure }: Reaction): Failure | undefined {
    const actual = failure ?? this.unawaited;
    this.unawaited = undefined;
    if (actual === undefined) return undefined;
    return { kind: 'broken code', expected: 'code that throws nothing uncaught', actual };
  }

  /** What each transition made its node say, for people and tests. */
  *everythingSaid(): Generator<{ readonly node: number; readonly outputs: string }> {
    for (let transition = 0; transition < this.next.length; transition += 1) {
      const node = this.nodes.words[this.next.words[transition] as number] as number;
      const start = this.outputStarts.words[transition] as number;
      const end = this.outputStarts.words[transition + 1] as number;
      for (let at = start; at < end; at += 2) {
        const [word, value] = [
          this.outputs.words[at] as number,
          this.outputs.words[at + 1] as number,
        ];
        const kind = outputKind(word);
        const isTime = kind === timerOutput || kind === cancelOutput;
        yield { node, outputs: `${kind} ${isTime ? value : this.contents.text(value)}` };
      }
    }
  }

  /** Lets go of all nodes. */
  close(): void {
    process.off('unhandledRejection', this.onRejection);
    this.pool.clear();
    this.check.clear();
  }

  private stateAfter(
    state: number,
    input: number,
    life: Life,
    memory: number,
    observation: number,
  ): number {
    const node = this.nodes.words[state] as number;
    if (memory < 0) return this.newState(state, input, node, observation);
    const key = `${node} ${observation} ${memory} ${life.underWay}`;
    let known = this.byMemory.get(key);
    if (known === undefined) {
      known = this.newState(state, input, node, observation);
      this.memories.words[known] = memory;
      this.byMemory.set(key, known);
    }
    return known;
  }

  /** Another history of the state is run beside the first: it must do the same. */
  private async compare(
    node: number,
    { state, input }: Given,
    first: Reaction,
    memory: string | null,
    next: number,
  ): Promise<void> {
    const before = this.memoryBefore(state);
    const same = await this.check.compare(state, before, input, first, memory, next);
    if (same === false)
      throw this.hiddenIn(node, 'two histories with equal memories went on differently');
    if (same !== true) this.pool.keep(next, same);
  }

  private newState(parent: number, input: number, node: number, observation: number): number {
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

  /** The inputs that lead to a state from the start of its life. */
  private pathOf(state: number): Given[] {
    const path: Given[] = [];
    for (let after = state; ; ) {
      const before = this.parents.words[after] as number;
      if (before < 0) return path.reverse();
      path.push({ state: before, input: this.inputs.words[after] as number });
      after = before;
    }
  }

  /** What a node remembers in a state, by number; a number of its own where nobody can tell. */
  private memoryBefore(state: number): number {
    const memory = this.memories.words[state] as number;
    return memory < 0 ? -2 - state : memory;
  }

  private async lifeAt(state: number): Promise<Life> {
    return this.pool.take(state) ?? this.replay(state);
  }

  /**
   * A new life that is given all that leads to the state. Some have modules of their own, and must do
   * what those with shared ones did.
   */
  private async replay(state: number): Promise<Life> {
    const node = this.nodes.words[state] as number;
    const path = this.pathOf(state);
    const mayShare = this.isMergeable(node);
    const isTried = mayShare && (this.replays < firstTried || this.replays % everyTried === 0);
    const incarnation = this.inputs.words[path[0]?.state ?? state] as number;
    const life = this.open(node, incarnation, mayShare && !isTried);
    for (const { state: before, input } of path) {
      const memory = this.memoryBefore(before);
      if (!isTried) await life.replay(memory, input);
      else if (!this.isKnown(before, input, await life.give(memory, input))) {
        throw this.hiddenIn(node, unlike);
      }
    }
    const hidden = this.hidden.get(state);
    if (hidden !== undefined) await life.recall(hidden);
    this.replays += 1;
    this.replayed += path.length;
    return life;
  }

  private open(node: number, incarnation: number, mayShare: boolean): Life {
    const { host, seed } = this.options;
    const { name, role } = this.specOf(node);
    const opened = host.open({
      address: name,
      role,
      incarnation,
      seed: seed * 64 + 2 * node + incarnation,
      rpcTimeoutMs: never,
      fingerprints: true,
      ...(mayShare && { sharing: this.sharing }),
    });
    return new Life(opened, this.shared);
  }

  /** Whether it is what the input made of the state the first time. */
  private isKnown(state: number, input: number, { outputs }: Reaction): boolean {
    const transition = this.transitions.get(state, input);
    const start = this.outputStarts.words[transition] as number;
    const end = this.outputStarts.words[transition + 1] as number;
    const isSame = (word: number, i: number) => this.outputs.words[start + i] === word;
    return outputs.length === end - start && outputs.every(isSame);
  }

  private hiddenIn(node: number, what: string): HiddenMemory {
    const { name, role } = this.specOf(node);
    return new HiddenMemory(role.kind, `${what}: ${name}`);
  }

  private async recollectionOf(life: Life, node: number): Promise<Recollection> {
    return this.isMergeable(node) ? life.recall() : { memory: null, hidden: [] };
  }

  private isMergeable(node: number): boolean {
    const { merging, unmerged } = this.options;
    return merging && unmerged?.has(this.specOf(node).role.kind) !== true;
  }

  private requireTicks(node: number, intervalMs: number | null | undefined): void {
    if (intervalMs === undefined || intervalMs === null) return;
    if (intervalMs === this.options.tickIntervalMs) return;
    const { name } = this.specOf(node);
    throw new BeyondExplorer(
      `${name} ticks every ${intervalMs} ms, not every ${this.options.tickIntervalMs}`,
    );
  }

  private nameOf(input: number): string {
    const isText = inputKind(input) === requestInput || inputKind(input) === invokeInput;
    if (isText) return this.contents.text(inputContent(input)).split('\n')[0] ?? '';
    return (
      ['a tick', 'a timer', '', 'a reply', 'a time-out', '', 'its start'][inputKind(input)] ?? ''
    );
  }

  private described(input: number): string {
    const isText = inputKind(input) === requestInput;
    return isText ? this.contents.text(inputContent(input)) : '';
  }

  private specOf(node: number): NodeSpec {
    return this.options.nodes[node] as NodeSpec;
  }
}
