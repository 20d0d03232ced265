/** Incarnations of nodes that are kept alive, to go on from where they are without a replay. */

import type { Incarnation, NodeInput, NodeOutput } from '../../nodes/node-host';
import { hiddenMark } from '../../nodes/sandbox/memory';
import { messageOf } from '../../runtime/errors';
import type { Json } from '../../runtime/node';
import type { NodeBug } from '../../runtime/node-bug';
import {
  cancelOutput,
  clockInput,
  inputContent,
  inputKind,
  inputSlot,
  invokeInput,
  maxContents,
  maxSlots,
  packOutput,
  requestInput,
  requestOutput,
  responseInput,
  responseOutput,
  returnOutput,
  startInput,
  tickInput,
  timeoutInput,
  timerInput,
  timerOutput,
} from './inputs';
import { noPast, type Pasts } from './node-histories';
import type { Interner } from './tables';

/** How long a call waits, in milliseconds; the explorer ends it, not the node. */
export const rpcTimeoutMs = 500;
/** To the node a time-out is an answer from outside, so its own timers must never be due. */
export const farFutureMs = 2 ** 40;
/** Kinds of things under way. */
const calls = 0;
const timers = 1;
const requests = 2;
type Kind = typeof calls | typeof timers | typeof requests;

const hiddenPattern = new RegExp(`${hiddenMark}(\\d+);`, 'g');

/** The caller is of no concern to a node: the answer goes back to the caller. */
const somebody = 'somebody';

/** An input that cannot be explored, and the reason: not a finding about the system, but a limit of the explorer. */
export class BeyondExplorer extends Error {}

/** An input is about something that is not under way: the node did not do what it did before. */
export class InputMisfit extends Error {}

/** The reaction of a node, in whole numbers, and its words besides. */
export interface Reaction {
  readonly outputs: readonly number[];
  readonly tickIntervalMs: number | null | undefined;
  readonly failure: NodeBug | undefined;
  /** The log lines of the node. */
  readonly logs: readonly LogOutput[];
  /** The slot that the request took, if it was one. */
  readonly requestSlot: number;
}

export type LogOutput = NodeOutput & { readonly type: 'log' };

const nothingElse = { tickIntervalMs: undefined, failure: undefined, logs: [], requestSlot: 0 };

export interface Recollection {
  readonly memory: string | null;
  /** The names of what is hidden, in the order in which it turns up. */
  readonly hidden: readonly string[];
}

/** A piece of the node's code that runs from one input to the next. */
interface Task {
  /** The number of all that it has been through. */
  past: number;
}

/** A call, a timer or a request under way. */
interface Item {
  readonly task: Task;
  /** The past of the task when it began. */
  readonly origin: number;
}

export interface SharedByIncarnations {
  readonly contents: Interner;
  readonly pasts: Pasts;
  readonly nodeNumbers: ReadonlyMap<string, number>;
  readonly tickIntervalMs: number;
}

/** A node that runs, with the names that it has given to its calls and timers. */
export class NodeIncarnation {
  /** Calls, timers and requests under way: what the node calls them, by slot. */
  private readonly names: (number | undefined)[][] = [[], [], []];
  private readonly callDeadlines: number[] = [];
  private readonly timerDeadlines: number[] = [];
  private readonly callNames: string[] = [];
  /** The same of the tasks that they belong to. */
  private readonly items: (Item | undefined)[][] = [[], [], []];
  /** Where what hides in the memory came from, by number. */
  private readonly hiddenOrigins: string[] = [];
  /** To whom belongs what begins now. */
  private task: Task = { past: 0 };
  private nowMs = 0;
  /** True: the node is told the time; else its clock is as late as its ticks and timers show. */
  private isTimed = false;
  private requestCount = 0;
  private requestSlot = 0;
  private readonly incarnation: Incarnation;
  private readonly contents: Interner;
  private readonly shared: SharedByIncarnations;

  constructor(incarnation: Incarnation, shared: SharedByIncarnations) {
    this.incarnation = incarnation;
    this.contents = shared.contents;
    this.shared = shared;
  }

  /**
   * What is under way, where it came from and what its task has been through; the same text means
   * that it goes on alike, if the memory is the same.
   */
  get underWay(): string {
    const nameOf = (item: Item | undefined) =>
      item === undefined ? '' : `${item.origin}/${item.task.past}`;
    return this.items.map((ofKind) => Array.from(ofKind, nameOf).join()).join(';');
  }

  crash(): void {
    this.incarnation.crash();
  }

  /** The fields that the node shows of itself. */
  inspect(): Promise<Json> {
    return this.incarnation.inspect().catch((error) => ({
      'inspect() threw': messageOf(error),
    }));
  }

  /** `memory`: the number of what it remembers before; another one whenever nobody can tell. */
  async give(memory: number, input: number): Promise<Reaction> {
    if (this.isTime(input)) return { outputs: [], ...nothingElse };
    const given = this.begin(memory, input);
    return this.encode(await this.incarnation.give(given, this.nowMs), false);
  }

  /** The same, when it is known what comes of it. */
  async replay(memory: number, input: number): Promise<void> {
    if (this.isTime(input)) return;
    const given = this.begin(memory, input);
    this.encode(await this.incarnation.give(given, this.nowMs, true), true);
  }

  /** Nothing of the node runs then. */
  private isTime(input: number): boolean {
    if (inputKind(input) !== clockInput) return false;
    this.nowMs = inputContent(input);
    this.isTimed = true;
    return true;
  }

  private begin(memory: number, input: number): NodeInput {
    this.task = this.taskOf(input);
    // The knowledge of its code by now: the earlier one, the memory of the node, and the input.
    this.task.past = this.shared.pasts.after(this.task.past, memory, input);
    return this.decode(input);
  }

  private taskOf(input: number): Task {
    const kind = inputKind(input);
    const isTimer = kind === timerInput;
    const goesOn = isTimer || kind === responseInput || kind === timeoutInput;
    const known = goesOn ? this.items[isTimer ? timers : calls]?.[inputSlot(input)] : undefined;
    return known?.task ?? { past: noPast };
  }

  private decode(input: number): NodeInput {
    const slot = inputSlot(input);
    const text = () => this.contents.text(inputContent(input));
    switch (inputKind(input)) {
      case startInput:
        return { type: 'start' };
      case tickInput: {
        const { tickIntervalMs } = this.shared;
        if (!this.isTimed)
          this.nowMs = (Math.floor(this.nowMs / tickIntervalMs) + 1) * tickIntervalMs;
        return { type: 'tick' };
      }
      case timerInput:
        this.nowMs = Math.max(this.nowMs, this.timerDeadlines[slot] as number);
        return { type: 'timer', timer: this.take(timers, slot) };
      case requestInput: {
        this.requestCount += 1;
        const id = this.requestCount;
        this.requestSlot = this.occupy(requests, id);
        const [call, body] = split(text());
        return { type: 'request', from: somebody, id, call, body };
      }
      case responseInput:
        return { type: 'response', id: this.take(calls, slot), body: text() };
      case timeoutInput: {
        this.nowMs = Math.max(this.nowMs, this.callDeadlines[slot] as number);
        const message = `no reply to ${this.callNames[slot]} within ${rpcTimeoutMs} ms`;
        const body = JSON.stringify({ error: { code: 'timeout', message } });
        return { type: 'response', id: this.take(calls, slot), body };
      }
      case invokeInput: {
        const [f, body] = split(text());
        return { type: 'invoke', id: 1, f, body };
      }
      default:
        throw new Error(`there is no input ${input}`);
    }
  }

  private encode(given: readonly NodeOutput[], isKnown: boolean): Reaction {
    const outputs: number[] = [];
    const logs: LogOutput[] = [];
    let failure: NodeBug | undefined;
    let tickIntervalMs: number | null | undefined;
    for (const output of given) {
      switch (output.type) {
        case 'booted':
          tickIntervalMs = output.tickIntervalMs;
          break;
        case 'request': {
          const { id, to, call, body } = output;
          const slot = this.occupy(calls, id);
          this.callDeadlines[slot] = this.nowMs + rpcTimeoutMs;
          this.callNames[slot] = call;
          // The reactor starts the timer of a call right before the call, and numbers it next.
          const untimed = this.slotOf(timers, id + 1) >= 0;
          const number = this.shared.nodeNumbers.get(to) ?? -1;
          if (isKnown) break;
          outputs.push(packOutput(requestOutput, slot, number & 15, untimed));
          outputs.push(this.number(`${call}\n${body}`));
          break;
        }
        case 'response': {
          const slot = this.slotOf(requests, output.id);
          this.take(requests, slot);
          if (isKnown) break;
          outputs.push(packOutput(responseOutput, slot), this.number(output.body));
          break;
        }
        case 'timer': {
          if (output.durationMs >= farFutureMs / 2) break;
          const slot = this.occupy(timers, output.timer);
          // Time passes in each, as in the simulated world (decision W18).
          const durationMs = Math.max(1, output.durationMs);
          this.timerDeadlines[slot] = this.nowMs + durationMs;
          outputs.push(packOutput(timerOutput, slot), Math.ceil(durationMs));
          break;
        }
        case 'cancel-timer': {
          const slot = this.slotOf(timers, output.timer);
          if (slot < 0) break;
          this.take(timers, slot);
          outputs.push(packOutput(cancelOutput, slot), 0);
          break;
        }
        case 'return':
          if (isKnown) break;
          outputs.push(packOutput(returnOutput, 0), this.number(output.body));
          break;
        case 'failure':
          failure ??= output;
          break;
        case 'log':
          logs.push(output);
          break;
        case 'memory':
          break;
      }
    }
    return { outputs, tickIntervalMs, failure, logs, requestSlot: this.requestSlot };
  }

  /**
   * The same text for the same memory, whatever else happened before; null: nobody can tell. What is
   * hidden is named by its origin. It is new since the last input, unless `known` has its names: those
   * that the same state had when it was first met.
   */
  async recall(known?: readonly string[]): Promise<Recollection> {
    const [output] = await this.incarnation.give({ type: 'recall' }, this.nowMs);
    const memory = output?.type === 'memory' ? output.fingerprint : null;
    const hidden: string[] = [];
    if (memory === null) return { memory, hidden };
    let fresh = 0;
    const named = memory.replace(hiddenPattern, (_, serial: string) => {
      const { hiddenOrigins } = this;
      hiddenOrigins[Number(serial)] ??= known?.[hidden.length] ?? `${this.task.past}.${fresh++}`;
      const origin = hiddenOrigins[Number(serial)] as string;
      hidden.push(origin);
      return `<${origin}>`;
    });
    return { memory: named, hidden };
  }

  private number(text: string): number {
    const number = this.contents.id(text);
    if (number < maxContents) return number;
    throw new BeyondExplorer(`the nodes have said more than ${maxContents} different things`);
  }

  /** Gives a name the lowest free slot. */
  private occupy(kind: Kind, name: number): number {
    const names = this.names[kind] as (number | undefined)[];
    let slot = 0;
    while (names[slot] !== undefined) slot += 1;
    if (slot >= maxSlots) {
      const what = ['calls', 'timers', 'requests'][kind];
      throw new BeyondExplorer(`a node has more than ${maxSlots} ${what} under way at a time`);
    }
    names[slot] = name;
    (this.items[kind] as Item[])[slot] = { task: this.task, origin: this.task.past };
    return slot;
  }

  private take(kind: Kind, slot: number): number {
    const name = this.names[kind]?.[slot];
    if (name === undefined) throw new InputMisfit(`nothing is under way in slot ${slot}`);
    clear(this.names[kind] as unknown[], slot);
    clear(this.items[kind] as unknown[], slot);
    return name;
  }

  private slotOf(kind: Kind, name: number): number {
    return (this.names[kind] as (number | undefined)[]).indexOf(name);
  }
}

/** Frees a slot, so that nothing is left of it. */
function clear(slots: unknown[], slot: number): void {
  slots[slot] = undefined;
  while (slots.length > 0 && slots.at(-1) === undefined) slots.pop();
}

/** `Service.method` and its arguments, or an operation and its arguments. */
export function split(text: string): [string, string] {
  const end = text.indexOf('\n');
  return [text.slice(0, end), text.slice(end + 1)];
}
