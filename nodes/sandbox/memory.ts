/**
 * The memory of a node, as a text: two nodes with equal texts behave alike from then on, as far as
 * one can see by looking at their objects. Functions and promises that are pending cannot be looked
 * into: they are numbered as they turn up, and the one who compares must know that equal numbers mean
 * the same origin. An object that hides its contents (private `#fields`, objects made by native code) makes
 * the text null: then nobody can tell.
 *
 * The text also says how much of the node's random numbers is used up, and what its clock shows if
 * the node ever looked at it.
 */
import { inspect, types } from 'node:util';
import type { Address, Runtime } from '../../runtime/node';
import type { Remote, Service } from '../../runtime/service';

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
  /** An object that the framework gave to the node: it never changes, so its name says all. */
  private readonly constants = new Map<object, string>();
  private readonly marks = new Marks();
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

  async fingerprint(): Promise<string | null> {
    const text = this.write();
    if (!this.marks.hasNews) return text;
    // The values of promises come a moment later than the promises.
    await new Promise((resolve) => setImmediate(resolve));
    this.marks.hasNews = false;
    return this.write();
  }

  private write(): string | null {
    if (this.root === undefined) return null;
    try {
      const clock = this.looksAtClock ? ` clock ${this.given.now()}` : '';
      const text = new Writer(this.constants, this.marks).write(this.root);
      return `${text}draws ${this.draws}${clock}`;
    } catch (error) {
      if (error instanceof Opaque) return null;
      throw error;
    }
  }

  private connected<S extends Service>(service: S, to: Address): Remote<S> {
    const remote = this.given.connect(service, to);
    this.constants.set(remote, `${service.name} at ${to}`);
    return remote;
  }
}

/** Numbers for objects that cannot be looked into. */
class Marks {
  /** Of promises that were met for the first time, the values are not known yet. */
  hasNews = false;
  private readonly serials = new WeakMap<object, number>();
  private readonly values = new WeakMap<object, { value: unknown }>();
  private count = 0;

  serial(hidden: object): number {
    let serial = this.serials.get(hidden);
    if (serial === undefined) {
      serial = this.count++;
      this.serials.set(hidden, serial);
    }
    return serial;
  }

  /** The value of a fulfilled promise; undefined: it is being asked for. */
  valueOf(promise: Promise<unknown>): { readonly value: unknown } | undefined {
    const known = this.values.get(promise);
    if (known !== undefined) return known;
    this.hasNews = true;
    void promise.then((value) => this.values.set(promise, { value }));
    return undefined;
  }
}

/** A promise shows its state, but perhaps not its value. */
const briefly = { depth: 0, compact: true, breakLength: Number.POSITIVE_INFINITY } as const;

/** Writes a graph of objects down; one that comes again is named by its number. */
class Writer {
  private readonly numbers = new Map<object, number>();
  private readonly constants: ReadonlyMap<object, string>;
  private readonly marks: Marks;
  private text = '';

  constructor(constants: ReadonlyMap<object, string>, marks: Marks) {
    this.constants = constants;
    this.marks = marks;
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
    if (types.isMap(value)) {
      for (const [key, entry] of value as Map<unknown, unknown>) {
        this.value(key);
        this.value(entry);
      }
    } else if (types.isSet(value)) {
      for (const member of value as Set<unknown>) this.value(member);
    } else if (types.isDate(value)) {
      this.text += (value as Date).getTime();
    }
    this.properties(value);
    this.text += '}';
  }

  private hidden(value: object): void {
    this.text += `${hiddenMark}${this.marks.serial(value)};`;
  }

  /** One that is fulfilled is as good as its value; nobody sees who waits for a pending one. */
  private promise(value: Promise<unknown>): void {
    const [, state = ''] = /^Promise \{ <(pending|rejected)>/.exec(inspect(value, briefly)) ?? [];
    if (state === 'rejected') throw new Opaque();
    if (state === 'pending') {
      this.hidden(value);
      return;
    }
    const fulfilled = this.marks.valueOf(value);
    this.text += 'Promise{';
    if (fulfilled !== undefined) this.value(fulfilled.value);
    this.text += '}';
  }

  private properties(value: object): void {
    for (const name of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, name);
      if (typeof name === 'symbol' || property === undefined || !('value' in property)) {
        throw new Opaque();
      }
      // The stack of an error tells where, not what.
      if (name === 'stack' && types.isNativeError(value)) continue;
      this.text += `${name.length}'${name}`;
      this.value(property.value);
    }
  }
}

/** Made by native code, and yet nothing is hidden in them that is not written down here. */
const plainKinds: ReadonlySet<string> = new Set([
  ...['Object', 'Array', 'Map', 'Set', 'Date'],
  ...['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'],
]);

/** The names of its classes, down to one whose objects have nothing hidden. */
function kindOf(value: object): string {
  let names = '';
  for (let type = Object.getPrototypeOf(value); type !== null; type = Object.getPrototypeOf(type)) {
    const maker: unknown = type.constructor;
    if (typeof maker !== 'function') throw new Opaque();
    names += `${maker.name} `;
    const kind = classKind(maker);
    if (kind === 'private') throw new Opaque();
    if (kind === 'ordinary') continue;
    // Which objects of native code these are shows in their names: nodes have realms of their own.
    if (!plainKinds.has(maker.name)) throw new Opaque();
    return names;
  }
  return `${names}null`;
}

type ClassKind = 'native' | 'private' | 'ordinary';

const classKinds = new WeakMap<object, ClassKind>();
const kindsBySource = new Map<string, ClassKind>();

/** `private`: its objects may keep things in `#fields`, which no property shows. */
function classKind(maker: object): ClassKind {
  const known = classKinds.get(maker);
  if (known !== undefined) return known;
  // Each node has classes of its own, from the same few sources.
  const source = Function.prototype.toString.call(maker);
  let kind = kindsBySource.get(source);
  if (kind === undefined) {
    const isNative = source.endsWith('{ [native code] }');
    kind = isNative ? 'native' : /#[A-Za-z_$]/.test(source) ? 'private' : 'ordinary';
    kindsBySource.set(source, kind);
  }
  classKinds.set(maker, kind);
  return kind;
}
