/**
 * Closes, in the process of a node, what its code shares with the framework: the objects of the language
 * and the modules of the framework cannot be changed from then on. So what the framework does there after
 * code of a hand-in has run is what it would have done before. See decision N11.
 */

type Tell = (event: 'tampering', fields: { readonly what: string }) => void;

/** Objects of the language that have no name. */
function unnamed(): object[] {
  const iterator = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
  const examples: object[] = [
    ...[[].values(), new Map().values(), new Set().values(), ''[Symbol.iterator]()],
    ...[''.matchAll(/x/g), new Uint8Array()],
    ...[() => undefined, async () => undefined, function* () {}, async function* () {}],
    ...[(function* () {})(), (async function* () {})()],
  ];
  return [iterator, ...examples.map((example) => Object.getPrototypeOf(example) as object)];
}

/** The objects of the language, and what of Node.js the framework relies on. */
const names = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Date'],
  ...['RegExp', 'Promise', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError'],
  ...['TypeError', 'URIError', 'SuppressedError', 'Proxy', 'Reflect', 'JSON', 'Math', 'Intl'],
  ...['ArrayBuffer', 'SharedArrayBuffer', 'Atomics', 'DataView', 'Uint8Array', 'Int8Array'],
  ...['Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float16Array', 'Float32Array'],
  ...['Float64Array', 'Uint8ClampedArray', 'BigUint64Array', 'BigInt64Array', 'Iterator', 'Buffer'],
  ...['DisposableStack', 'AsyncDisposableStack', 'queueMicrotask', 'structuredClone', 'Temporal'],
  ...['parseInt', 'parseFloat', 'isFinite', 'isNaN', 'decodeURI', 'decodeURIComponent'],
  ...['encodeURI', 'encodeURIComponent', 'escape', 'unescape', 'setImmediate', 'eval'],
];

const { defineProperty, freeze, getOwnPropertyDescriptor, getPrototypeOf, preventExtensions } =
  Object;
const { ownKeys } = Reflect;

/** Must run after the framework is loaded and before any code of a hand-in is. */
export function lockDown(modules: readonly object[], tell: Tell): void {
  const inherited = new Map<object, string>(
    [Object, Function, Error, AggregateError, EvalError, RangeError, ReferenceError].map(named),
  );
  for (const each of [SyntaxError, TypeError, URIError]) inherited.set(...named(each));
  const locked = new Set<unknown>();
  const lock = (value: unknown): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
    if (locked.has(value)) return;
    locked.add(value);
    const properties = ownKeys(value).map((key) => getOwnPropertyDescriptor(value, key));
    const name = inherited.get(value);
    if (name !== undefined) letInherit(value, name, tell);
    // RpcError sets it for a moment, and Node.js too: it says how long stacks are.
    if (value === Error) lockAllBut(value, 'stackTraceLimit');
    else freeze(value);
    for (const property of properties) {
      lock(property?.value);
      lock(property?.get);
      lock(property?.set);
    }
    lock(getPrototypeOf(value));
  };
  for (const name of names) {
    const value: unknown = Reflect.get(globalThis, name);
    if (value === undefined) continue;
    lock(value);
    defineProperty(globalThis, name, { value, writable: false, configurable: false });
  }
  for (const each of [...unnamed(), ...modules]) lock(each);
}

function named(maker: { readonly prototype: object; readonly name: string }): [object, string] {
  return [maker.prototype, `${maker.name}.prototype`];
}

/**
 * What inherits from an object with a property that cannot be written could not have one of its own
 * by assignment: `error.name = 'Mine'`. So these become accessors which allow just that.
 */
function letInherit(holder: object, name: string, tell: Tell): void {
  for (const key of ownKeys(holder)) {
    const property = getOwnPropertyDescriptor(holder, key);
    if (property?.configurable !== true || property.writable !== true) continue;
    // By it Node.js says what kind of thing something is, and it must find a value there.
    if (key === 'constructor') continue;
    const { value, enumerable = false } = property;
    const set = function (this: object, own: unknown) {
      if (this === holder) {
        tell('tampering', { what: `${name}.${String(key)}` });
        throw new TypeError(`Cannot change ${name}.${String(key)}`);
      }
      const shape = { writable: true, enumerable: true, configurable: true };
      defineProperty(this, key, { value: own, ...shape });
    };
    defineProperty(holder, key, { get: () => value, set, enumerable, configurable: false });
  }
}

function lockAllBut(value: object, writable: string): void {
  for (const key of ownKeys(value)) {
    if (key === writable) continue;
    const property = getOwnPropertyDescriptor(value, key);
    const isData = property !== undefined && 'value' in property;
    defineProperty(value, key, { configurable: false, ...(isData && { writable: false }) });
  }
  preventExtensions(value);
}
