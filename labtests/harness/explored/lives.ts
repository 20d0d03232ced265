/** Incarnations of nodes that are kept alive, to go on from where they are without a replay. */
import type { Incarnation, NodeInput, NodeOutput } from '../simulated/node-host';
import {
  cancelOutput,
  inputContent,
  inputKind,
  inputSlot,
  invokeInput,
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
import type { Interner } from './tables';

/** How long a call waits, in milliseconds; the explorer ends it, not the node. */
export const rpcTimeoutMs = 500;
/** To the node a time-out is an answer from outside, so its own timers must never be due. */
export const never = 2 ** 40;
/** Who asks is of no concern to a node: the answer goes to the one who asked. */
const somebody = 'somebody';

/** What cannot be explored, and why: not a finding about the system, but a limit of the explorer. */
export class BeyondExplorer extends Error {}

/** What a node did, in whole numbers, and what it said besides. */
export interface Reaction {
  readonly outputs: readonly number[];
  readonly tickIntervalMs: number | null | undefined;
  readonly failure: string | undefined;
  readonly fingerprint: string | null;
  readonly nowMs: number;
  /** The slot that the request took, if it was one. */
  readonly requestSlot: number;
}

/** A node that runs, with the names that it has given to its calls and timers. */
export class Life {
  /** Calls, timers and requests under way: what the node calls them, by slot. */
  readonly calls: (number | undefined)[] = [];
  readonly timers: (number | undefined)[] = [];
  readonly requests: (number | undefined)[] = [];
  private readonly callDeadlines: number[] = [];
  private readonly timerDeadlines: number[] = [];
  private readonly callNames: string[] = [];
  private nowMs = 0;
  private requestCount = 0;
  private requestSlot = 0;
  private readonly incarnation: Incarnation;
  private readonly contents: Interner;
  private readonly nodeNumbers: ReadonlyMap<string, number>;
  private readonly tickIntervalMs: number;

  constructor(
    incarnation: Incarnation,
    contents: Interner,
    nodeNumbers: ReadonlyMap<string, number>,
    tickIntervalMs: number,
  ) {
    this.incarnation = incarnation;
    this.contents = contents;
    this.nodeNumbers = nodeNumbers;
    this.tickIntervalMs = tickIntervalMs;
  }

  /** Nothing is under way that this node knows of. */
  get isQuiescent(): boolean {
    const isFree = (name: number | undefined) => name === undefined;
    return [this.calls, this.timers, this.requests].every((names) => names.every(isFree));
  }

  crash(): void {
    this.incarnation.crash();
  }

  async give(input: number): Promise<Reaction> {
    const given = this.decode(input);
    return this.encode(await this.incarnation.give(given, this.nowMs));
  }

  private decode(input: number): NodeInput {
    const slot = inputSlot(input);
    const text = () => this.contents.text(inputContent(input));
    switch (inputKind(input)) {
      case startInput:
        return { type: 'start' };
      case tickInput:
        this.nowMs = (Math.floor(this.nowMs / this.tickIntervalMs) + 1) * this.tickIntervalMs;
        return { type: 'tick' };
      case timerInput:
        this.nowMs = Math.max(this.nowMs, this.timerDeadlines[slot] as number);
        return { type: 'timer', timer: take(this.timers, slot) };
      case requestInput: {
        this.requestCount += 1;
        const id = this.requestCount;
        this.requestSlot = occupy(this.requests, id, 'requests');
        const [call, body] = split(text());
        return { type: 'request', from: somebody, id, call, body };
      }
      case responseInput:
        return { type: 'response', id: take(this.calls, slot), body: text() };
      case timeoutInput: {
        this.nowMs = Math.max(this.nowMs, this.callDeadlines[slot] as number);
        const message = `no reply to ${this.callNames[slot]} within ${rpcTimeoutMs} ms`;
        const body = JSON.stringify({ error: { code: 'timeout', message } });
        return { type: 'response', id: take(this.calls, slot), body };
      }
      case invokeInput: {
        const [f, body] = split(text());
        return { type: 'invoke', id: 1, f, body };
      }
      default:
        throw new Error(`there is no input ${input}`);
    }
  }

  private encode(given: readonly NodeOutput[]): Reaction {
    const outputs: number[] = [];
    let failure: string | undefined;
    let fingerprint: string | null = null;
    let tickIntervalMs: number | null | undefined;
    for (const output of given) {
      switch (output.type) {
        case 'booted':
          tickIntervalMs = output.tickIntervalMs;
          break;
        case 'request': {
          const { id, to, call, body } = output;
          const slot = occupy(this.calls, id, 'calls');
          this.callDeadlines[slot] = this.nowMs + rpcTimeoutMs;
          this.callNames[slot] = call;
          // The reactor starts the timer of a call right before the call, and numbers it next.
          const untimed = this.timers.includes(id + 1);
          const number = this.nodeNumbers.get(to) ?? -1;
          outputs.push(packOutput(requestOutput, slot, number & 15, untimed));
          outputs.push(this.contents.id(`${call}\n${body}`));
          break;
        }
        case 'response': {
          const slot = this.requests.indexOf(output.id);
          this.requests[slot] = undefined;
          outputs.push(packOutput(responseOutput, slot), this.contents.id(output.body));
          break;
        }
        case 'timer': {
          if (output.durationMs >= never / 2) break;
          const slot = occupy(this.timers, output.timer, 'timers');
          this.timerDeadlines[slot] = this.nowMs + output.durationMs;
          outputs.push(packOutput(timerOutput, slot), Math.ceil(output.durationMs));
          break;
        }
        case 'cancel-timer': {
          const slot = this.timers.indexOf(output.timer);
          if (slot < 0) break;
          this.timers[slot] = undefined;
          outputs.push(packOutput(cancelOutput, slot), 0);
          break;
        }
        case 'return':
          outputs.push(packOutput(returnOutput, 0), this.contents.id(output.body));
          break;
        case 'failure':
          failure ??= `in ${output.where} it threw: ${output.message}`;
          break;
        case 'memory':
          fingerprint = output.fingerprint;
          break;
        case 'log':
          break;
      }
    }
    const { nowMs, requestSlot } = this;
    return { outputs, tickIntervalMs, failure, fingerprint, nowMs, requestSlot };
  }
}

/** Gives a name the lowest free slot. */
function occupy(names: (number | undefined)[], name: number, what: string): number {
  let slot = 0;
  while (names[slot] !== undefined) slot += 1;
  if (slot >= maxSlots) {
    throw new BeyondExplorer(`a node has more than ${maxSlots} ${what} under way at a time`);
  }
  names[slot] = name;
  return slot;
}

function take(names: (number | undefined)[], slot: number): number {
  const name = names[slot];
  if (name === undefined) throw new Error(`nothing is under way in slot ${slot}`);
  names[slot] = undefined;
  return name;
}

/** `Service.method` and its arguments, or an operation and its arguments. */
export function split(text: string): [string, string] {
  const end = text.indexOf('\n');
  return [text.slice(0, end), text.slice(end + 1)];
}
