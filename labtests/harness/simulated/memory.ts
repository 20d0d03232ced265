/**
 * What a node remembers, as a text: two nodes with equal texts behave alike from then on, as far as
 * one can see by looking at their objects. Functions and promises that are pending cannot be looked
 * into: they are numbered as they turn up, and whoever compares must know that equal numbers mean
 * the same origin. What hides its contents (private `#fields`, objects made by native code) makes
 * the text null: then nobody can tell.
 *
 * The text also says how much of the node's random numbers is used up, and what its clock shows if
 * the node ever looked at it.
 */
import { inspect, types } from 'node:util';
import type { Address, Runtime } from '../../../runtime/node';
import type { Remote, Service } from '../../../runtime/service';

/** The largest memory that is written down, in objects and characters. */
const maxObjects = 20_000;
const maxLength = 1_000_000;

/** Stands before the number of something hidden; no text of a node can contain it unescaped. */
export const hiddenMark = '\u0001@';

class Opaque extends Error {}

export class Memory {
  readonly runtime: Runtime;
  /** The object to start from. */
  root: object | undefined;
  private readonly given: Runtime;
  /** What the framework gave to the node: it never changes, so its name says all. */
  private readonly constants = new Map<object, string>();
  private readonly serials = new WeakMap<object, number>();
  private serialCount = 0;
  private draws = 0;
  private looksAtClock = false;

  constructor(runtime: Runtime) {
    this.given = runtime;
    this.runtime = {
      ...runtime,
      connect: (service, to) => this.connected(service, to),
      now: () => {
        this.looksAtClock = true;
        return runtime.now();
      },
      random: () => {
        this.draws += 1;
        return runtime.random();
      },
    };
    this.constants.set(this.runtime, 'runtime');
  }

  fingerprint(): string | null {
    if (this.root === undefined) return null;
    try {
      const clock = this.looksAtClock ? ` clock ${this.given.now()}` : '';
      const writer = new Writer(this.constants, (hidden) => this.serial(hidden));
      return `${writer.write(this.root)}draws ${this.draws}${clock}`;
    } catch (error) {
      if (error instanceof Opaque) return null;
      throw error;
    }
  }

  private serial(hidden: object): number {
    let serial = this.serials.get(hidden);
    if (serial === undefined) {
      serial = this.serialCount++;
      this.serials.set(hidden, serial);
    }
    return serial;
  }

  private connected<S extends Service>(service: S, to: Address): Remote<S> {
    const remote = this.given.connect(service, to);
    this.constants.set(remote, `${service.name} at ${to}`);
    return remote;
  }
}

/** Writes a graph of objects down; one that comes again is named by its number. */
class Writer {
  private readonly numbers = new Map<object, number>();
  private readonly constants: ReadonlyMap<object, string>;
  private readonly serial: (hidden: object) => number;
  private text = '';

  constructor(constants: ReadonlyMap<object, string>, serial: (hidden: object) => number) {
    this.constants = constants;
    this.serial = serial;
  }

  write(root: object): string {
    this.value(root);
    return this.text;
  }

  private value(value: unknown): void {
    if (this.text.length > maxLength) throw new Opaque();
    switch (typeof value) {
      case 'string':
        if (value.includes(hiddenMark)) throw new Opaque();
        this.text += `${value.length}"${value}`;
        return;
      case 'number':
        this.text += Object.is(value, -0) ? '-0;' : `${value};`;
        return;
      case 'boolean':
      case 'undefined':
      case 'bigint':
        this.text += `${typeof value} ${value};`;
        return;
      case 'object':
        if (value === null) this.text += 'null;';
        else this.object(value);
        return;
      case 'function':
        this.hidden(value);
        return;
      default:
        throw new Opaque();
    }
  }

  private object(value: object): void {
    const constant = this.constants.get(value);
    if (constant !== undefined) {
      this.text += `<${constant}>`;
      return;
    }
    const number = this.numbers.get(value);
    if (number !== undefined) {
      this.text += `#${number};`;
      return;
    }
    if (this.numbers.size >= maxObjects) throw new Opaque();
    if (types.isPromise(value)) {
      this.promise(value);
      return;
    }
    this.numbers.set(value, this.numbers.size);
    this.text += `${kindOf(value)}{`;
    if (value instanceof Map) {
      for (const [key, entry] of value) {
        this.value(key);
        this.value(entry);
      }
    } else if (value instanceof Set) {
      for (const member of value) this.value(member);
    } else if (value instanceof Date) {
      this.text += value.getTime();
    }
    this.properties(value);
    this.text += '}';
  }

  private hidden(value: object): void {
    this.text += `${hiddenMark}${this.serial(value)};`;
  }

  /** One that is fulfilled is as good as its value; nobody sees who waits for a pending one. */
  private promise(value: Promise<unknown>): void {
    const text = inspect(value, { depth: 8, breakLength: Number.POSITIVE_INFINITY });
    if (text.startsWith('Promise { <pending>')) this.hidden(value);
    else if (text.startsWith('Promise { <rejected>')) throw new Opaque();
    else this.text += text;
  }

  private properties(value: object): void {
    for (const name of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, name);
      if (typeof name === 'symbol' || property === undefined || !('value' in property)) {
        throw new Opaque();
      }
      // The stack of an error tells where, not what.
      if (name === 'stack' && value instanceof Error) continue;
      this.text += `${name.length}'${name}`;
      this.value(property.value);
    }
  }
}

const plainPrototypes = new Map<object | null, string>([
  [null, 'null'],
  [Object.prototype, 'Object'],
  [Array.prototype, 'Array'],
  [Map.prototype, 'Map'],
  [Set.prototype, 'Set'],
  [Date.prototype, 'Date'],
  [Error.prototype, 'Error'],
]);

/** The names of its classes, down to one whose objects have nothing hidden. */
function kindOf(value: object): string {
  let names = '';
  for (let type = Object.getPrototypeOf(value); ; type = Object.getPrototypeOf(type)) {
    const plain = plainPrototypes.get(type);
    if (plain !== undefined) return names + plain;
    const maker: unknown = type.constructor;
    if (typeof maker !== 'function' || isBuiltIn(maker)) throw new Opaque();
    names += `${maker.name} `;
  }
}

const sources = new WeakMap<object, boolean>();

/** Made of native code, so that its objects may keep things that no property shows. */
function isBuiltIn(maker: object): boolean {
  let native = sources.get(maker);
  if (native === undefined) {
    const source = Function.prototype.toString.call(maker);
    // A class with private fields keeps things that no property shows, too.
    native = source.includes('[native code]') || /#[A-Za-z_$]/.test(source);
    sources.set(maker, native);
  }
  return native;
}
