/**
 * The states of single nodes and what each input makes of them. A state is a history of inputs; the
 * code of a node runs only for a state and an input that never met before, and everything after
 * that is looking up.
 *
 * Two histories count as one state when nothing is under way and the memories are equal. That is
 * tried out on samples: the other history is run on beside the first one, and if it ever does
 * something else, histories of that kind of node are no longer merged.
 */

import { type Failure, failureOfBug } from '../../judging/failure';
import type { NodeHost, Sharing } from '../../nodes/node-host';
import type { Role } from '../../nodes/role';
import { bugOf, type NodeBug, unawaited } from '../../runtime/node-bug';
import { IncarnationPool } from './incarnation-pool';
import {
  BeyondExplorer,
  farFutureMs,
  InputMisfit,
  NodeIncarnation,
  type Reaction,
  type Recollection,
  type SharedByIncarnations,
} from './incarnations';
import { inputContent, inputKind, invokeInput, requestInput } from './inputs';
import { type GivenInput, LocalTables } from './local-tables';
import { HiddenMemory, MergeCheck } from './merge-check';
import { Pasts } from './node-histories';
import type { Observer } from './observer';
import { Interner } from './tables';
import type { WatchedCode } from './watchdog';

export interface NodeSpec {
  readonly name: string;
  readonly role: Role;
}

export interface LocalStatesOptions extends WatchedCode {
  readonly nodes: readonly NodeSpec[];
  readonly host: NodeHost;
  readonly seed: number;
  readonly tickIntervalMs: number;
  readonly observer: Observer;
  /** Merges histories whose memories are equal. */
  readonly merging: boolean;
  /** Programs, by their files, whose nodes must not be merged. */
  readonly unmerged?: ReadonlySet<string>;
  /** Keeps what people may read of nodes, and makes sure that they are functions of their inputs. */
  readonly shown?: boolean;
}

/** The first replays are all tried with modules of their own, and of the others one in so many. */
const firstTried = 16;
const everyTried = 32;
const unlike = 'given the same inputs again, it did something else';

/** The same inputs led to other outputs: the node uses something besides them. */
export class NotRepeatable extends Error {}

export class LocalStates extends LocalTables {
  readonly options: LocalStatesOptions;
  /** How often the code of a node was run for a new pair; replays not counted. */
  executions = 0;
  /** Inputs given again to bring a node to where it was. */
  replayed = 0;
  /** Incarnations that were begun anew for that. */
  private replays = 0;
  private readonly sharing: Sharing = {};

  /** The objects that hide in the memory of a state, by their origin. */
  private readonly hidden = new Map<number, readonly string[]>();
  private unawaited: NodeBug | undefined;
  private readonly onRejection = (error: unknown) => {
    this.unawaited ??= bugOf(unawaited, error);
  };
  private readonly byMemory = new Map<string, number>();
  private readonly pool = new IncarnationPool();
  private readonly check = new MergeCheck();
  private readonly shared: SharedByIncarnations;
  private readonly texts = new Interner();

  constructor(options: LocalStatesOptions) {
    super(options.nodes.length, options.observer.nothing);
    this.options = options;
    this.shared = {
      contents: this.contents,
      pasts: new Pasts(),
      nodeNumbers: new Map(options.nodes.map(({ name }, number) => [name, number])),
      tickIntervalMs: options.tickIntervalMs,
    };
    process.on('unhandledRejection', this.onRejection);
  }

  /** Finds out what the input makes of the state, by running the code of the node. */
  async execute(state: number, input: number): Promise<void> {
    try {
      await this.run(state, input);
    } catch (error) {
      const node = this.nodes.words[state] as number;
      throw error instanceof InputMisfit ? this.unlike(node) : error;
    }
  }

  private async run(state: number, input: number): Promise<void> {
    const node = this.nodes.words[state] as number;
    const incarnation = await this.incarnationAt(state);
    this.options.onInput?.(this.specOf(node).name, this.nameOf(input));
    const reaction = await incarnation.give(this.memoryBefore(state), input);
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
    const { memory, hidden } = await this.recollectionOf(incarnation, node);
    this.requireTicks(node, reaction.tickIntervalMs);
    const known = this.count;
    const remembered = memory === null ? -1 : this.texts.id(memory);
    const next = this.stateAfter(state, input, incarnation, remembered, seen.observation);
    if (this.options.shown) {
      this.show(next, { inspected: await incarnation.inspect(), logs: reaction.logs });
    }
    if (hidden.length > 0) this.hidden.set(next, hidden);
    if (this.check.has(state)) await this.compare(node, { state, input }, reaction, memory, next);

    const transition = this.next.length;
    this.transitions.add(state, input, transition);
    this.next.push(next);
    this.requestSlots.push(reaction.requestSlot);
    for (const word of reaction.outputs) this.outputs.push(word);
    this.outputStarts.push(this.outputs.length);
    if (seen.claimsRestart) this.restartClaims.add(transition);
    if (seen.claimsLoss) this.lossClaims.add(transition);
    const { name } = this.specOf(node);
    const bug = this.bugIn(reaction);
    if (bug !== undefined) this.bugs.set(transition, bug);
    const violation = ofNode(name, (bug && failureOfBug(name, bug)) ?? seen.violation);
    if (violation !== undefined) this.violations.set(transition, violation);
    const isMerged = next < known;
    if (!isMerged || !this.check.merged(next, incarnation)) this.pool.keep(next, incarnation);
  }

  private bugIn({ failure }: Reaction): NodeBug | undefined {
    const bug = failure ?? this.unawaited;
    this.unawaited = undefined;
    return bug;
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
    incarnation: NodeIncarnation,
    memory: number,
    observation: number,
  ): number {
    const node = this.nodes.words[state] as number;
    if (memory < 0) return this.newState(state, input, node, observation);
    const key = `${node} ${observation} ${memory} ${incarnation.underWay}`;
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
    { state, input }: GivenInput,
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

  private async incarnationAt(state: number): Promise<NodeIncarnation> {
    return this.pool.take(state) ?? this.replay(state);
  }

  /**
   * A new incarnation that is given all that leads to the state. Some have modules of their own, and must do
   * what those with shared ones did.
   */
  private async replay(state: number): Promise<NodeIncarnation> {
    const node = this.nodes.words[state] as number;
    const path = this.pathOf(state);
    const mayShare = this.isMergeable(node);
    const isTried =
      this.options.shown ||
      (mayShare && (this.replays < firstTried || this.replays % everyTried === 0));
    const number = this.inputs.words[path[0]?.state ?? state] as number;
    const incarnation = this.open(node, number, mayShare && !isTried);
    for (const { state: before, input } of path) {
      const memory = this.memoryBefore(before);
      if (!isTried) await incarnation.replay(memory, input);
      else if (!this.isKnown(before, input, await incarnation.give(memory, input))) {
        incarnation.crash();
        throw this.unlike(node);
      }
    }
    const hidden = this.hidden.get(state);
    if (hidden !== undefined) await incarnation.recall(hidden);
    this.replays += 1;
    this.replayed += path.length;
    return incarnation;
  }

  private open(node: number, incarnation: number, mayShare: boolean): NodeIncarnation {
    const { host, seed } = this.options;
    const { name, role } = this.specOf(node);
    const opened = host.open({
      address: name,
      role,
      incarnation,
      seed: seed * 64 + 2 * node + incarnation,
      rpcTimeoutMs: farFutureMs,
      fingerprints: true,
      ...(mayShare && { sharing: this.sharing }),
    });
    return new NodeIncarnation(opened, this.shared);
  }

  private unlike(node: number): Error {
    if (this.isMergeable(node)) return this.hiddenIn(node, unlike);
    return new NotRepeatable(
      `${this.specOf(node).name} did something else when it was given the same inputs once more: it ` +
        'uses something besides them, for instance a variable that all nodes share',
    );
  }

  private hiddenIn(node: number, what: string): HiddenMemory {
    const { name, role } = this.specOf(node);
    return new HiddenMemory(role.program.file, `${what}: ${name}`);
  }

  private async recollectionOf(incarnation: NodeIncarnation, node: number): Promise<Recollection> {
    return this.isMergeable(node) ? incarnation.recall() : { memory: null, hidden: [] };
  }

  private isMergeable(node: number): boolean {
    const { merging, unmerged } = this.options;
    return merging && unmerged?.has(this.specOf(node).role.program.file) !== true;
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

/** A stub says itself where it is. */
function ofNode(name: string, failure: Failure | undefined): Failure | undefined {
  if (failure === undefined || failure.kind === 'not implemented') return failure;
  return { ...failure, actual: `${name}: ${failure.actual}` };
}
