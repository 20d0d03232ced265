/**
 * What nodes do, remembered. A node is a function of its inputs, so the state of a node is the list of
 * inputs that it was given since its start: a state that was met before is looked up, and one that
 * nobody holds any more is made again by giving a new life of the node the same inputs.
 */
import { messageOf } from '../../../runtime/errors';
import type { Json } from '../../../runtime/node';
import type { Incarnation, NodeHost, NodeInput, NodeOutput } from '../simulated/node-host';
import type { Role } from '../world';

/** One life of a node, before its first input. */
export interface Life {
  readonly name: string;
  readonly role: Role;
  /** Counts the starts of the node from 0. */
  readonly incarnation: number;
}

export interface LocalState {
  readonly life: Life;
  /** null: before the first input. */
  readonly before: LocalState | null;
  readonly input: NodeInput | null;
  /** By the clock of the node, in milliseconds since its start. */
  readonly nowMs: number;
  /** What the node did about the input. */
  readonly outputs: readonly NodeOutput[];
  /** What it shows of itself. */
  readonly inspected: Json;
  /** What came of each input that it was given in this state. */
  readonly next: Map<string, LocalState>;
}

/** The same inputs led to other outputs: the node uses something besides them. */
export class NotRepeatable extends Error {}

export interface LocalStatesOptions {
  readonly host: NodeHost;
  readonly seed: number;
  /** Told before the code of a node runs, and when it has settled. */
  readonly onInput?: (node: string, what: string) => void;
  readonly onSettled?: () => void;
}

/** So many nodes are kept running, each in the state that it reached last. */
const maxRunning = 96;
/** To the node a time-out is an answer from outside, so its own timer for that must never be due. */
export const never = 2 ** 40;

export class LocalStates {
  /** How many inputs were given to running code: new ones, and again to get back to a state. */
  executed = 0;
  private readonly options: LocalStatesOptions;
  private readonly roots = new Map<string, LocalState>();
  /** Those that run, the one used last standing last. */
  private readonly running = new Map<LocalState, Incarnation>();

  constructor(options: LocalStatesOptions) {
    this.options = options;
  }

  /** The node before its first input. */
  unborn(life: Life): LocalState {
    const key = `${life.name} ${life.incarnation}`;
    let root = this.roots.get(key);
    if (root === undefined) {
      const nothing = { input: null, nowMs: 0, outputs: [], inspected: null } as const;
      root = { life, before: null, ...nothing, next: new Map() };
      this.roots.set(key, root);
    }
    return root;
  }

  /** What the node is after this input. Throws NotRepeatable when its code is no function of inputs. */
  async after(before: LocalState, input: NodeInput, nowMs: number): Promise<LocalState> {
    const key = `${nowMs} ${JSON.stringify(input)}`;
    const known = before.next.get(key);
    if (known !== undefined) return known;
    const incarnation = this.running.get(before) ?? (await this.madeAgain(before));
    this.running.delete(before);
    const outputs = await this.give(incarnation, before.life.name, input, nowMs);
    const inspected = await incarnation.inspect().catch(thrown);
    const common = { life: before.life, before, input, nowMs };
    const after: LocalState = { ...common, outputs, inspected, next: new Map() };
    before.next.set(key, after);
    this.keep(after, incarnation);
    return after;
  }

  close(): void {
    for (const incarnation of this.running.values()) incarnation.crash();
    this.running.clear();
  }

  private async madeAgain(state: LocalState): Promise<Incarnation> {
    const { host, seed } = this.options;
    const { name, role, incarnation } = state.life;
    const rpcTimeoutMs = never;
    const made = host.open({
      ...{ address: name, role, incarnation, rpcTimeoutMs },
      seed: (seed * 64 + 2 * placeOf(name) + incarnation) >>> 0,
    });
    for (const { input, nowMs, outputs } of pathTo(state)) {
      const again = await this.give(made, name, input as NodeInput, nowMs);
      if (JSON.stringify(again) !== JSON.stringify(outputs)) {
        made.crash();
        throw new NotRepeatable(
          `${name} did something else when it was given the same inputs once more: it uses ` +
            'something besides them, for instance a variable that all nodes share',
        );
      }
    }
    return made;
  }

  private async give(incarnation: Incarnation, name: string, input: NodeInput, nowMs: number) {
    this.executed += 1;
    this.options.onInput?.(name, input.type === 'request' ? input.call : input.type);
    const outputs = await incarnation.give(input, nowMs);
    this.options.onSettled?.();
    return outputs;
  }

  private keep(state: LocalState, incarnation: Incarnation): void {
    this.running.set(state, incarnation);
    if (this.running.size <= maxRunning) return;
    const [oldest, idle] = this.running.entries().next().value as [LocalState, Incarnation];
    this.running.delete(oldest);
    idle.crash();
  }
}

function pathTo(state: LocalState): LocalState[] {
  const path: LocalState[] = [];
  for (let at = state; at.before !== null; at = at.before) path.push(at);
  return path.reverse();
}

/** Different nodes draw different numbers. */
function placeOf(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 0);
}

function thrown(error: unknown): Json {
  return { 'inspect() threw': messageOf(error) };
}
