/**
 * Closes, in the process of a node, the ways out of its sandbox that are known, and tells of those
 * who try. It is a fence before the wall, not the wall: that is the process and what it is shut in.
 */

type Tell = (event: 'forbidden call' | 'tampering', fields: { readonly what: string }) => void;

/** Constructors that make code out of text, of which only the first has a name. */
const makersOfCode = [
  () => undefined,
  async () => undefined,
  function* () {
    yield undefined;
  },
  async function* () {
    yield undefined;
  },
].map((example) => Object.getPrototypeOf(example) as object);

/** Calls of `process` that no module of the framework makes while a node runs. */
const ofProcess = [
  ...['exit', 'reallyExit', 'abort', 'kill', '_kill', 'dlopen', 'chdir', 'setuid', 'umask'],
  ...['binding', '_linkedBinding', 'getBuiltinModule', '_debugProcess', 'setgid', 'execve'],
];

/** Must run after the framework is loaded and before any code of a hand-in is. */
export function harden(tell: Tell): void {
  const forbid = (what: string, error: typeof Error = Error) =>
    function forbidden() {
      tell('forbidden call', { what });
      throw new error(`${what} is not for nodes: they reach others only through their Runtime`);
    };
  for (const prototype of makersOfCode) {
    const { name } = prototype.constructor;
    const maker = forbid('code made from text', EvalError);
    // `instanceof Function` and printing go by this.
    maker.prototype = prototype;
    Object.defineProperty(maker, 'name', { value: name });
    Object.defineProperty(prototype, 'constructor', { value: maker });
  }
  Object.defineProperty(globalThis, 'Function', { value: Function.prototype.constructor });
  Object.defineProperty(globalThis, 'eval', { value: forbid('eval', EvalError) });
  for (const name of ofProcess) {
    if (name in process) {
      Object.defineProperty(process, name, { value: forbid(`process.${name}`) });
    }
  }
}

/** The objects that all code of a process shares, by name. */
const sharedNames = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Date'],
  ...['RegExp', 'Promise', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Error', 'TypeError'],
  ...['Proxy', 'Reflect', 'JSON', 'Math', 'ArrayBuffer', 'Uint8Array', 'Buffer', 'AbortController'],
];

/** Tells what of the shared objects is no longer what it was when this was made. */
export class SharedObjects {
  private readonly before = new Map<object, [string, Map<PropertyKey, unknown>]>();

  /** `modules` are the exports of modules that the process shares as well, by name. */
  constructor(modules: Readonly<Record<string, object>>) {
    for (const [name, exports] of Object.entries(modules)) {
      for (const [part, value] of Object.entries(exports)) {
        this.remember(`${name}.${part}`, value);
        if (typeof value === 'function')
          this.remember(`${name}.${part}.prototype`, value.prototype);
      }
    }
    for (const name of sharedNames) {
      const shared = Reflect.get(globalThis, name);
      this.remember(name, shared);
      if (typeof shared === 'function') this.remember(`${name}.prototype`, shared.prototype);
    }
    this.remember('iterators', Object.getPrototypeOf(Object.getPrototypeOf([].values())));
  }

  /** The names of the first few properties that were changed or taken away; then forgets them. */
  changed(): string[] {
    const names: string[] = [];
    for (const [shared, [name, properties]] of this.before) {
      for (const [key, value] of properties) {
        if (is(behindKey(shared, key), value)) continue;
        properties.set(key, behindKey(shared, key));
        if (names.length < 5) names.push(`${name}.${String(key)}`);
      }
    }
    return names;
  }

  private remember(name: string, shared: unknown): void {
    if (typeof shared !== 'object' && typeof shared !== 'function') return;
    if (shared === null) return;
    const keys = Reflect.ownKeys(shared);
    this.before.set(shared, [name, new Map(keys.map((key) => [key, behindKey(shared, key)]))]);
  }
}

const { getOwnPropertyDescriptor, is } = Object;

function behindKey(shared: object, key: PropertyKey): unknown {
  const descriptor = getOwnPropertyDescriptor(shared, key);
  return descriptor?.get ?? descriptor?.value;
}
