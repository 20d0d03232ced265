/**
 * Describes a value that code of a node threw, or gave out in the place of another one, for people.
 * The value may be anything: no error at all, one that throws when it is looked at, or one of 25 megabytes.
 * Nothing here ever throws, or returns anything long. See decision R6.
 */
import { inspect, types } from 'node:util';

/** Longer messages are cut, in UTF-16 code units, ... */
const maxMessageLength = 4_000;
/** ... to so much: who needs more has to look elsewhere. */
const keptLength = 300;
/** The number of places of a stack that are kept, and the length of each. */
const maxFrames = 10;
const maxFrameLength = 300;
/** The end of a stack in which they are looked for: what stands before it is the message. */
const stackTailLength = 8_000;

export interface Thrown {
  readonly message: string;
  /** Where it was thrown, innermost first: `at PbServer.tick (pbservice/server.ts:12:3)`. */
  readonly frames: readonly string[];
}

export function describeThrown(thrown: unknown): Thrown {
  return { message: textOf(thrown), frames: framesOf(thrown) };
}

/** As Node prints an uncaught error. */
export function withFrames({ message, frames }: Thrown): string {
  return [message, ...frames.map((frame) => `    ${frame}`)].join('\n');
}

/** A text, or its beginning and how long it is. */
export function shortened(text: string, maxLength = maxMessageLength): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, Math.min(maxLength, keptLength)).replace(/[\ud800-\udbff]$/, '');
  return `${kept}... (${text.length.toLocaleString('en-US')} characters)`;
}

/** Runs no code of the node: no getters, no `toString`. */
const withoutCode = {
  ...{ customInspect: false, getters: false, showProxy: true, depth: 2 },
  ...{ maxArrayLength: 10, maxStringLength: 100, breakLength: Number.POSITIVE_INFINITY },
};

/** A value as it is written in a program, in one line: `{ value: undefined }`. */
export function shown(value: unknown): string {
  if (types.isProxy(value)) return 'a Proxy';
  try {
    return shortened(inspect(value, withoutCode), keptLength);
  } catch {
    return 'a value that cannot be shown';
  }
}

/** `instanceof`, of whatever it is: that runs code of a Proxy, or of one among its prototypes. */
export function isInstance<T>(
  value: unknown,
  of: abstract new (...args: never[]) => T,
): value is T {
  try {
    return !types.isProxy(value) && value instanceof of;
  } catch {
    return false;
  }
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown === '' ? 'an empty text' : shortened(thrown);
  if (!isObject(thrown)) return shown(thrown);
  const message = read(thrown, 'message');
  if (typeof message === 'string' && message !== '') return shortened(message);
  if (!types.isNativeError(thrown)) return `something without a text: ${shown(thrown)}`;
  const name = read(thrown, 'name');
  const kind = typeof name === 'string' && name !== '' ? shortened(name, 100) : 'Error';
  return `something without a text: ${kind}`;
}

function framesOf(thrown: unknown): string[] {
  const stack = isObject(thrown) ? read(thrown, 'stack') : undefined;
  if (typeof stack !== 'string') return [];
  return stack
    .slice(-stackTailLength)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, maxFrames)
    .map((line) => shortened(line, maxFrameLength));
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A property; undefined: it cannot be read. */
export function read(from: object, name: string): unknown {
  if (types.isProxy(from)) return undefined;
  try {
    return Reflect.get(from, name);
  } catch {
    return undefined;
  }
}
