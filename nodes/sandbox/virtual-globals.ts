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

export interface VirtualGlobals extends Globals {
  readonly forbid: Forbid;
  readonly timers: VirtualTimers;
}

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

const virtualNames = [
  ...['Date', 'Math', 'Intl', 'Temporal', 'AbortSignal', 'Function', 'performance', 'crypto'],
  ...['process', 'console', 'globalThis', 'global', 'setTimeout', 'clearTimeout', 'setInterval'],
  ...['clearInterval', 'setImmediate', 'clearImmediate', 'fetch', 'WebSocket', 'XMLHttpRequest'],
  ...['EventSource', 'queueMicrotask', 'WeakRef', 'FinalizationRegistry', 'Atomics', 'WebAssembly'],
];

/** Names that belong to a module itself. */
const ofModule = ['exports', 'require', 'module', '__filename', '__dirname'];
const isName = /^[A-Za-z_$][\w$]*$/;

/** All that a module of a node must not find in the real global object, whatever Node.js puts there. */
export const globalNames: readonly string[] = [
  ...new Set([...virtualNames, ...Object.getOwnPropertyNames(real)]),
].filter((name) => !harmless.has(name) && !ofModule.includes(name) && isName.test(name));

const forbiddenNames = globalNames.filter((name) => !virtualNames.includes(name));

export function virtualGlobals(
  runtime: Runtime,
  onChange: () => void = () => undefined,
): VirtualGlobals {
  const forbid: Forbid = (name, instead = 'they reach others only through their Runtime') =>
    // A function, as some of them are called with `new`.
    function unavailable() {
      runtime.log('forbidden call', { what: name });
      throw new Error(`${name} is not for nodes: ${instead}`);
    };
  const standIn = (name: string) =>
    Object.hasOwn(real, name) ? forbidden(name, forbid) : undefined;
  const timers = virtualTimers(runtime);
  const globals: Globals = {
    ...Object.fromEntries(forbiddenNames.map((name) => [name, standIn(name)])),
    ...timers,
    Date: virtualDate(runtime, real),
    Math: virtualMath(runtime),
    Intl: virtualIntl(runtime, real),
    Temporal: virtualTemporal(runtime, real),
    AbortSignal: virtualAbortSignal(runtime, real),
    Function: Object.assign(forbid('Function', reasons.Function), {
      // `instanceof Function` goes by this.
      prototype: real.Function.prototype,
    }),
    performance: virtualPerformance(runtime),
    crypto: virtualCrypto(runtime, forbid),
    console: virtualConsole(runtime),
    queueMicrotask: virtualMicrotask,
    process: virtualProcess(runtime, forbid),
    ...Object.fromEntries(
      ['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource'].map((name) => [name, forbid(name)]),
    ),
    ...Object.fromEntries(
      ['WeakRef', 'FinalizationRegistry', 'Atomics', 'WebAssembly'].map((name) => [
        name,
        forbidden(name, forbid),
      ]),
    ),
  };
  const own = globalObject(globals, onChange);
  return { ...globals, globalThis: own, global: own, forbid, timers };
}

/** The global object is the node's own: properties put on it stay with the node. */
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
