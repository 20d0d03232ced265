/**
 * The outputs of a node at one input, written down as they come and within bounds: an output that is
 * too long, or no plain data, is refused where the node can still catch that; too many end the input.
 */
import { messageOf, RpcError } from '../runtime/errors';
import { endlessBug, oversized } from '../runtime/node-bug';
import type { Output } from '../runtime/node-io';
import { shown } from '../runtime/thrown-value';
import { defaultLimits } from '../runtime/websocket/limits';
import { Bodies } from './bodies';
import type { NodeOutput } from './node-host';

/** The bytes of a message on the real network besides its body: ids, the names of service and method. */
const envelopeBytes = 512;
/** The longest body of a message, in bytes of UTF-8: what the real network takes. */
export const maxMessageBytes = defaultLimits.maxPayloadBytes - envelopeBytes;
/** The most that a node says at one input, in bytes of UTF-8. */
export const maxSaidBytes = 48 * 2 ** 20;
/** How many things a node may do at one input; the most that right ones do are some dozens. */
export const maxOutputs = 10_000;
/** How deep the values in a message may be nested. */
export const maxDepth = 64;

/**
 * After so many messages that were refused as too long a node does not learn it any more: each costs as much
 * as a long one, and it would go on until the time of the whole run is over.
 */
const maxRefused = 24;

/** Below this length, in characters, a text need not be measured in bytes. */
const surelyShort = maxMessageBytes / 3;

export class Outputs {
  private readonly bodies: Bodies;
  private list: NodeOutput[] = [];
  private saidBytes = 0;
  /** The number of outputs that were left out as too many. */
  private dropped = 0;
  /** The number of messages that were too long. */
  private refused = 0;

  constructor(bodies = new Bodies()) {
    this.bodies = bodies;
  }

  /** Throws an RpcError `too-large` or `malformed` when no message can be made of it. */
  add(output: Output, unheard: boolean): void {
    if (this.list.length >= maxOutputs) {
      this.dropped += 1;
      return;
    }
    const encoded = this.encoded(output, unheard);
    const sizeBytes = 'body' in encoded ? bytesOf(encoded.body) : 0;
    this.saidBytes += sizeBytes;
    if (this.saidBytes > maxSaidBytes) this.dropped += 1;
    else this.list.push(encoded);
  }

  private encoded(output: Output, unheard: boolean): NodeOutput {
    try {
      return this.encode(output, unheard);
    } catch (error) {
      if (error instanceof RpcError && error.code === 'too-large') {
        this.refused += 1;
        if (this.refused === maxRefused) this.note(stubborn(error));
      }
      throw error;
    }
  }

  private encode(output: Output, unheard: boolean): NodeOutput {
    switch (output.type) {
      case 'request': {
        const { to, id, service, method, args } = output;
        const call = `${service}.${method}`;
        return {
          type: 'request',
          to,
          id,
          call,
          body: this.message(`the request ${call}`, args, unheard),
        };
      }
      case 'response': {
        const body = this.message('a reply', output.result, unheard);
        return { type: 'response', to: output.to, id: output.id, body };
      }
      case 'return':
        return {
          type: 'return',
          id: output.id,
          body: this.message('a result', output.result, unheard),
        };
      case 'log':
        return { type: 'log', event: output.event, body: JSON.stringify(output.fields) };
      default:
        return output;
    }
  }

  private message(what: string, value: unknown, unheard: boolean): string {
    try {
      const length = lengthOf(value, 0);
      if (length > maxMessageBytes) throw tooLong(what, length);
      // The text of what nobody hears is of no use; that it can be made is known.
      if (unheard) return '';
      const text = this.bodies.write(value);
      const sizeBytes = bytesOf(text);
      if (sizeBytes > maxMessageBytes) throw tooLong(what, sizeBytes);
      return text;
    } catch (error) {
      if (error instanceof RpcError) throw error;
      throw new RpcError('malformed', `${what} is no plain data: ${messageOf(error)}`);
    }
  }

  /** As it is, whoever says so. */
  note(output: NodeOutput): void {
    this.list.push(output);
  }

  /** All since the last time; `where`: the input. */
  take(where: string): readonly NodeOutput[] {
    const { list, dropped } = this;
    if (dropped > 0) list.push(endlessBug(where, this.tooMuch(where)));
    this.list = [];
    this.saidBytes = 0;
    this.dropped = 0;
    return list;
  }

  private tooMuch(where: string): string {
    if (this.saidBytes > maxSaidBytes) {
      return `at one input, ${where}, it said ${number(this.saidBytes)} bytes and more, of at most ${number(maxSaidBytes)}`;
    }
    const done = number(this.list.length + this.dropped);
    return `at one input, ${where}, it did ${done} things, of at most ${number(maxOutputs)}: ${mostOf(this.list)}`;
  }
}

/** The output that was most frequent, and its count. */
function mostOf(list: readonly NodeOutput[]): string {
  const counts = new Map<string, number>();
  for (const output of list) {
    const what = nameOf(output);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most === undefined ? 'nothing' : `${number(most[1])} times ${most[0]}`;
}

function nameOf(output: NodeOutput): string {
  if (output.type === 'log') return `the log event ${output.event}`;
  return 'call' in output ? `the request ${output.call}` : `a ${output.type}`;
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}

function stubborn({ message }: RpcError): NodeOutput {
  const tried = `it has tried ${maxRefused} times to send what is too long: ${message}`;
  const expected = `messages of at most ${number(maxMessageBytes)} bytes, and what is longer in several`;
  return { type: 'failure', where: oversized, message: tried, frames: [], expected };
}

function tooLong(what: string, length: number): RpcError {
  const most = number(maxMessageBytes);
  return new RpcError('too-large', `${what} has ${number(length)} bytes; at most ${most} may go`);
}

function bytesOf(text: string): number {
  return text.length < surelyShort ? text.length : Buffer.byteLength(text);
}

/** At least so many characters its JSON has. Throws when there can be none. */
function lengthOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'bigint') throw new TypeError(`it has a BigInt, ${shown(value)}`);
  if (typeof value !== 'object' || value === null) return 1;
  if (depth >= maxDepth) {
    throw new TypeError(`it nests its values more than ${maxDepth} deep, or contains itself`);
  }
  let length = 0;
  if (Array.isArray(value)) {
    length = value.length;
    for (const entry of value) length += lengthOf(entry, depth + 1);
    return length;
  }
  for (const name in value) {
    length += name.length + lengthOf(Reflect.get(value, name), depth + 1);
  }
  return length;
}
