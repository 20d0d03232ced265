/**
 * The globals of a node, in place of Node's: time and chance are its own, and nothing in them
 * reaches the machine. An object that only computes is there as it is; everything else is an error that names
 * the call, and what to use instead.
 */
import vm from 'node:vm';
import type { Runtime } from '../../runtime/node';
import { virtualConsole } from './virtual-console';
import { virtualCrypto } from './virtual-crypto';
import {
  type VirtualTimers,
  virtualAbortSignal,
  virtualDate,
  virtualHrtime,
  virtualIntl,
  virtualPerformance,
  virtualTemporal,
  virtualTimers,
} from './virtual-time';

type Globals = Record<string, unknown>;
export type Forbid = (name: string, instead?: string) => () => never;

/** The global object of the code of nodes. Under jest it is another one than that of this module. */
export const real: typeof globalThis = vm.compileFunction('return globalThis')();

/** Globals that only compute: of the language, and of Node.js. */
const harmless = new Set([
  ...['Object', 'Array', 'Number', 'parseFloat', 'parseInt', 'Infinity', 'NaN', 'undefined'],
  ...['Boolean', 'String', 'Symbol', 'Promise', 'RegExp', 'Error', 'AggregateError', 'EvalError'],
  ...['RangeError', 'ReferenceError', 'SyntaxError', 'SuppressedError', 'TypeError', 'URIError'],
  ...['JSON', 'Map', 'Set', 'WeakMap', 'WeakSet', 'BigInt', 'Proxy', 'Reflect', 'Iterator'],
  ...['ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Uint8Array', 'Int8Array', 'Uint16Array'],
  ...['Int16Array', 'Uint32Array', 'Int32Array', 'Float16Array', 'Float32Array', 'Float64Array'],
  ...['Uint8ClampedArray', 'BigUint64Array', 'BigInt64Array', 'decodeURI', 'decodeURIComponent'],
  ...['encodeURI', 'encodeURIComponent', 'escape', 'unescape', 'isFinite', 'isNaN', 'eval'],
  ...['DisposableStack', 'AsyncDisposableStack', 'Buffer', 'URL', 'URLSearchParams', 'TextEncoder'],
  ...['TextDecoder', 'DOMException', 'AbortController', 'Event', 'EventTarget', 'CustomEvent'],
  ...['structuredClone', 'atob', 'btoa', 'AsyncIterator', 'URLPattern'],
]);

const collected = 'what it tells depends on when memory is collected; hold on to the object itself';
const away = 'it goes on outside the node; messages go through the Runtime';
/** Advice on globals that a solution may well try. */
const reasons: Readonly<Record<string, string>> = {
  WeakRef: collected,
  FinalizationRegistry: collected,
  Atomics: 'it waits in real time; runtime.sleep waits in that of the node',
  WebAssembly: 'it compiles in real time',
  Function: 'code made from text is not allowed',
  ...Object.fromEntries(
    ['MessageChannel', 'BroadcastChannel', 'Blob', 'File', 'localStorage', 'sessionStorage'].map(
      (name) => [name, away],
    ),
  ),
};

type Make = (globals: VirtualGlobals, runtime: Runtime, name: string) => unknown;

const oneOf = (make: Make, ...names: string[]) => names.map((name) => [name, make] as const);

/** All others but timers are forbidden. */
const makers: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['Date', (_, runtime) => virtualDate(runtime, real)],
  ['Math', (_, runtime) => virtualMath(runtime)],
  ['Intl', (_, runtime) => virtualIntl(runtime, real)],
  ['Temporal', (_, runtime) => virtualTemporal(runtime, real)],
  ['AbortSignal', (_, runtime) => virtualAbortSignal(runtime, real)],
  [
    'Function',
    ({ forbid }) =>
      Object.assign(forbid('Function', reasons.Function), {
        // `instanceof Function` goes by this.
        prototype: real.Function.prototype,
      }),
  ],
  ['performance', (_, runtime) => virtualPerformance(runtime)],
  ['crypto', ({ forbid }, runtime) => virtualCrypto(runtime, forbid)],
  ['console', (_, runtime) => virtualConsole(runtime)],
  ['queueMicrotask', () => virtualMicrotask],
  ['process', ({ forbid }, runtime) => virtualProcess(runtime, forbid)],
  ...oneOf(({ object }) => object, 'globalThis', 'global'),
  ...oneOf(
    ({ forbid }, _, name) => forbid(name),
    ...['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource'],
  ),
  ...oneOf(
    ({ forbid }, _, name) => forbidden(name, forbid),
    ...['WeakRef', 'FinalizationRegistry', 'Atomics', 'WebAssembly'],
  ),
]);

const timerNames = [
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  ...['setImmediate', 'clearImmediate'],
];

/** Names that belong to a module itself. */
const ofModule = ['exports', 'require', 'module', '__filename', '__dirname'];
const isName = /^[A-Za-z_$][\w$]*$/;

/** All that a module of a node must not find in the real global object, whatever Node.js puts there. */
export const globalNames: readonly string[] = [
  ...new Set([...makers.keys(), ...timerNames, ...Object.getOwnPropertyNames(real)]),
].filter((name) => !harmless.has(name) && !ofModule.includes(name) && isName.test(name));

/**
 * The globals of one node, each made when code that names it is loaded: there are more than a hundred,
 * nodes start by the thousand, and most name three.
 */
export class VirtualGlobals {
  readonly timers: VirtualTimers;
  private readonly runtime: Runtime;
  private readonly onChange: () => void;
  private readonly made = new Map<string, unknown>();
  private own: object | undefined;

  /** `onChange`: called when the node puts something on its global object, or takes it away. */
  constructor(runtime: Runtime, onChange: () => void = () => undefined) {
    this.runtime = runtime;
    this.onChange = onChange;
    this.timers = virtualTimers(runtime);
    for (const [name, timer] of Object.entries(this.timers)) this.made.set(name, timer);
  }

  readonly forbid: Forbid = (name, instead = 'they reach others only through their Runtime') => {
    const { runtime } = this;
    // A function, as some of them are called with `new`.
    return function unavailable() {
      runtime.log('forbidden call', { what: name });
      throw new Error(`${name} is not for nodes: ${instead}`);
    };
  };

  /** What a name of `globalNames` means to the node. */
  get(name: string): unknown {
    if (!this.made.has(name)) this.made.set(name, this.make(name));
    return this.made.get(name);
  }

  /** The global object, which is the node's own: properties put on it stay with the node. */
  get object(): object {
    this.own ??= globalObject(
      Object.fromEntries(
        globalNames
          .filter((name) => name !== 'globalThis' && name !== 'global')
          .map((name) => [name, this.get(name)]),
      ),
      this.onChange,
    );
    return this.own;
  }

  private make(name: string): unknown {
    const make = makers.get(name);
    if (make !== undefined) return make(this, this.runtime, name);
    return Object.hasOwn(real, name) ? forbidden(name, this.forbid) : undefined;
  }
}

/** Properties that are put on it are its own. */
function globalObject(globals: Globals, onChange: () => void): object {
  return new Proxy(Object.assign(Object.create(null), globals), {
    has: (target, name) => name in target || harmless.has(String(name)),
    get: (target, name, self) => {
      if (name === 'globalThis' || name === 'global') return self;
      if (name in target) return target[name];
      return harmless.has(String(name)) ? Reflect.get(real, name) : undefined;
    },
    defineProperty: (target, name, property) => {
      onChange();
      return Reflect.defineProperty(target, name, property);
    },
    deleteProperty: (target, name) => {
      onChange();
      return Reflect.deleteProperty(target, name);
    },
  });
}

/** An error however it is used: called, with `new`, or for something that it has. */
function forbidden(name: string, forbid: Forbid): unknown {
  const fail = forbid(name, reasons[name]);
  return new Proxy(fail, {
    get: (target, part) => {
      // To look what kind of thing it is reaches nothing.
      if (typeof part === 'symbol' || part === 'prototype' || part === 'name') {
        return Reflect.get(target, part);
      }
      return forbid(`${name}.${part}`, reasons[name])();
    },
  });
}

/** Members of `process` that would end or steer this process, or reach the machine. */
const ofRealProcess = [
  ...['exit', 'reallyExit', 'abort', 'kill', 'on', 'once', 'addListener', 'emit', 'chdir', 'cwd'],
  ...['binding', 'dlopen', 'getBuiltinModule', 'send', 'disconnect', 'memoryUsage', 'cpuUsage'],
  ...['_linkedBinding', 'resourceUsage', 'setUncaughtExceptionCaptureCallback', 'umask', 'off'],
];

function virtualProcess(runtime: Runtime, forbid: Forbid): Globals {
  const calls = ofRealProcess.map((name) => [name, forbid(`process.${name}`)]);
  const { version, versions, platform, arch } = process;
  const virtual = {
    ...{ env: {}, argv: [], nextTick: virtualMicrotask, hrtime: virtualHrtime(runtime) },
    ...{ version, versions: { ...versions }, platform, arch, pid: 1, ppid: 0 },
    uptime: () => runtime.now() / 1_000,
  };
  return { ...Object.fromEntries(calls), ...virtual };
}

function virtualMath(runtime: Runtime): Math {
  return Object.create(real.Math, { random: { value: () => runtime.random() } });
}

/** An error in it rejects a promise that nobody awaits, and does not end all nodes of the process. */
function virtualMicrotask(callback: (...args: unknown[]) => void, ...args: unknown[]): void {
  void Promise.resolve().then(() => callback(...args));
}
