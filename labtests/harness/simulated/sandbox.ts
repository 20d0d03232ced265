/**
 * Loads a solution anew for each node, so that nodes share nothing: every incarnation has module
 * variables and static fields of its own. Time and chance are the node's virtual ones, and what
 * would reach the machine (files, sockets, processes) is an error that names the call.
 *
 * This keeps honest code honest; code that means to break out is the business of the grader, which
 * runs nodes in processes of their own.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { messageOf } from '../../../runtime/errors';
import type { Runtime } from '../../../runtime/node';
import { compile } from '../../../runtime/typescript.cjs';

/**
 * The folders whose modules are loaded anew for each node. The contracts (api.ts) are constants of
 * the framework, like all that stands in other folders, and shared.
 */
const solutionFolders = ['viewservice', 'pbservice', 'client'];

/** Modules of Node that touch neither the world outside nor other nodes. */
const harmlessModules = new Set(['assert', 'buffer', 'events', 'string_decoder', 'url', 'util']);

/** The virtual date of the start of a run: 2030-01-01T00:00:00Z. */
const epochMs = Date.UTC(2030, 0, 1);

export type Exports = Record<string, unknown>;
type Globals = Record<string, unknown>;

interface Resolved {
  /** A file of the solution, unless `shared` is a module that all nodes share. */
  readonly file: string;
  readonly shared: unknown;
}

const requireHere = createRequire(__filename);
const quietly = { throwIfNoEntry: false } as const;

type CompiledModule = (
  exports: Exports,
  require: (name: string) => unknown,
  module: { exports: Exports },
  file: string,
  folder: string,
  ...globals: unknown[]
) => void;

const globalNames = [
  ...['Date', 'Math', 'performance', 'crypto', 'process', 'console', 'globalThis', 'global'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'],
  ...['clearImmediate', 'fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource'],
];

/** A module of the solution could not be loaded: it does not compile, or throws when it runs. */
export class SolutionError extends Error {
  constructor(file: string, cause: unknown) {
    super(`${file} does not load: ${messageOf(cause)}`, { cause });
  }
}

/** Where a node loads its program from. */
export interface NodeModules {
  load(file: string, runtime: Runtime): Exports;
}

/** Modules that are to be loaded once only. */
export interface KeptModules {
  readonly loaded: Map<string, Exports>;
  /** Called when a node puts something on the global object. */
  readonly onGlobalChange: () => void;
}

/** The modules of one solution, compiled once for all nodes. */
export class Solution implements NodeModules {
  readonly root: string;
  private readonly compiled = new Map<string, CompiledModule>();
  private readonly resolved = new Map<string, Resolved>();

  /** `root` is a folder with viewservice/, pbservice/ and client/. */
  constructor(root: string) {
    this.root = path.resolve(root);
  }

  /** Compiles a file ahead of its use; `file` is relative to the root. */
  prepare(file: string): void {
    try {
      this.compileFile(path.join(this.root, file));
    } catch {
      // Whoever loads it will learn why.
    }
  }

  /**
   * A fresh copy of a module, for the node with this runtime, unless it is `kept`; `file` is relative
   * to the root.
   */
  load(file: string, runtime: Runtime, kept?: KeptModules): Exports {
    const first = path.join(this.root, file);
    const before = kept?.loaded.get(first);
    if (before !== undefined) return before;
    const globals = virtualGlobals(runtime, kept?.onGlobalChange);
    const values = globalNames.map((name) => globals[name]);
    const loaded = kept?.loaded ?? new Map<string, Exports>();
    const load = (target: string): Exports => {
      const known = loaded.get(target);
      if (known !== undefined) return known;
      const module = { exports: {} as Exports };
      loaded.set(target, module.exports);
      const required = (name: string) => {
        const found = this.resolve(target, name, runtime);
        return found.shared === undefined ? load(found.file) : found.shared;
      };
      const run = this.compileFile(target);
      run(module.exports, required, module, target, path.dirname(target), ...values);
      loaded.set(target, module.exports);
      return module.exports;
    };
    try {
      return load(first);
    } catch (error) {
      // Half a module is none.
      kept?.loaded.clear();
      throw new SolutionError(file, error);
    }
  }

  /** What `name` means in the module `from`: a file of the solution, or a module of ours. */
  private resolve(from: string, name: string, runtime: Runtime): Resolved {
    const key = `${from}\0${name}`;
    let resolved = this.resolved.get(key);
    if (resolved === undefined) {
      resolved = name.startsWith('.')
        ? this.resolveFile(from, name, runtime)
        : { file: '', shared: requirePackage(name, from, runtime) };
      this.resolved.set(key, resolved);
    }
    return resolved;
  }

  private resolveFile(from: string, name: string, runtime: Runtime): Resolved {
    const plain = path.resolve(path.dirname(from), name);
    const relative = path.relative(this.root, plain);
    const [folder] = relative.split(path.sep);
    if (folder === 'labtests' || folder === 'scripts') throw forbiddenModule(name, from, runtime);
    if (!solutionFolders.includes(folder ?? '') || path.basename(plain, '.ts') === 'api') {
      return { file: '', shared: requireHere(path.join(__dirname, '../../..', relative)) };
    }
    const candidates = [plain, `${plain}.ts`, path.join(plain, 'index.ts')];
    const file = candidates.find((candidate) => statSync(candidate, quietly)?.isFile());
    if (file === undefined) throw new Error(`${path.basename(from)}: there is no module ${name}`);
    return { file, shared: undefined };
  }

  private compileFile(file: string): CompiledModule {
    let compiled = this.compiled.get(file);
    if (compiled === undefined) {
      const code = compile(readFileSync(file, 'utf8'), file);
      const names = ['exports', 'require', 'module', '__filename', '__dirname', ...globalNames];
      compiled = vm.compileFunction(code, names, { filename: file }) as CompiledModule;
      this.compiled.set(file, compiled);
    }
    return compiled;
  }
}

function requirePackage(name: string, from: string, runtime: Runtime): unknown {
  const plain = name.replace(/^node:/, '');
  if (!isBuiltin(name) || harmlessModules.has(plain)) return asNamespace(requireHere(name));
  throw forbiddenModule(name, from, runtime);
}

function forbiddenModule(name: string, from: string, runtime: Runtime): Error {
  const where = path.basename(from);
  runtime.log('forbidden call', { what: name });
  return new Error(
    `${where} uses ${name}, which a node must not: it reaches others only through its Runtime`,
  );
}

/** Compiled code copies a CommonJS module at each `import * as` of it, unless it bears this mark. */
function asNamespace(exports: object): object {
  return '__esModule' in exports ? exports : { ...exports, default: exports, __esModule: true };
}

function virtualGlobals(runtime: Runtime, onChange: () => void = () => undefined): Globals {
  const timers = virtualTimers(runtime);
  // A function, as some of them are called with `new`.
  const forbidden = (name: string) =>
    function unavailable() {
      runtime.log('forbidden call', { what: name });
      throw new Error(`${name} is not for nodes: they reach others only through their Runtime`);
    };
  const globals: Globals = {
    ...timers,
    Date: virtualDate(runtime),
    Math: virtualMath(runtime),
    performance: { now: () => runtime.now(), timeOrigin: epochMs },
    crypto: virtualCrypto(runtime),
    console: virtualConsole(runtime),
    process: virtualProcess(runtime, forbidden),
    fetch: forbidden('fetch'),
    WebSocket: forbidden('WebSocket'),
    XMLHttpRequest: forbidden('XMLHttpRequest'),
    EventSource: forbidden('EventSource'),
  };
  // What is put on the global object stays with the node.
  const own: object = new Proxy(Object.assign(Object.create(null), globals), {
    has: () => true,
    get: (target, name) => (name in target ? target[name] : Reflect.get(globalThis, name)),
    defineProperty: (target, name, property) => {
      onChange();
      return Reflect.defineProperty(target, name, property);
    },
    deleteProperty: (target, name) => {
      onChange();
      return Reflect.deleteProperty(target, name);
    },
  });
  globals.globalThis = own;
  globals.global = own;
  return globals;
}

/** What of a process would end or steer this one, or reach the machine. */
const ofRealProcess = [
  ...['exit', 'reallyExit', 'abort', 'kill', 'on', 'once', 'addListener', 'emit', 'chdir', 'cwd'],
  ...['binding', 'dlopen', 'getBuiltinModule', 'send', 'disconnect', 'memoryUsage', 'cpuUsage'],
];

function virtualProcess(runtime: Runtime, forbidden: (name: string) => () => never): Globals {
  const calls = ofRealProcess.map((name) => [name, forbidden(`process.${name}`)]);
  const virtual = { env: {}, argv: [], nextTick: queueMicrotask, hrtime: virtualHrtime(runtime) };
  return { ...Object.fromEntries(calls), ...virtual };
}

function virtualTimers(runtime: Runtime): Globals {
  const cancelled = new WeakSet<object>();
  const start = (callback: (...args: unknown[]) => void, ms: number, args: unknown[]) => {
    const handle = { ref: () => handle, unref: () => handle, hasRef: () => true };
    void runtime.sleep(Math.max(0, ms || 0)).then(() => {
      if (!cancelled.has(handle)) callback(...args);
    });
    return handle;
  };
  const repeat = (callback: (...args: unknown[]) => void, ms: number, args: unknown[]) => {
    const handle = { ref: () => handle, unref: () => handle, hasRef: () => true };
    void (async () => {
      for (;;) {
        await runtime.sleep(Math.max(1, ms || 1));
        if (cancelled.has(handle)) return;
        callback(...args);
      }
    })();
    return handle;
  };
  const cancel = (handle: unknown) => {
    if (typeof handle === 'object' && handle !== null) cancelled.add(handle);
  };
  type Callback = (...args: unknown[]) => void;
  return {
    setTimeout: (callback: Callback, ms: number, ...args: unknown[]) => start(callback, ms, args),
    setInterval: (callback: Callback, ms: number, ...args: unknown[]) => repeat(callback, ms, args),
    setImmediate: (callback: Callback, ...args: unknown[]) => start(callback, 0, args),
    clearTimeout: cancel,
    clearInterval: cancel,
    clearImmediate: cancel,
  };
}

function virtualDate(runtime: Runtime): DateConstructor {
  const nowMs = () => epochMs + Math.floor(runtime.now());
  return new Proxy(Date, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [nowMs()] : args),
    apply: () => new Date(nowMs()).toString(),
    get: (target, name) => (name === 'now' ? nowMs : Reflect.get(target, name)),
  });
}

function virtualMath(runtime: Runtime): Math {
  return Object.create(Math, { random: { value: () => runtime.random() } });
}

function virtualHrtime(runtime: Runtime) {
  const bigint = () => BigInt(Math.round(runtime.now() * 1e6));
  const split = () => [Math.floor(runtime.now() / 1e3), Math.round((runtime.now() % 1e3) * 1e6)];
  return Object.assign(split, { bigint });
}

function virtualCrypto(runtime: Runtime) {
  const byte = () => Math.floor(runtime.random() * 256);
  const hex = (length: number) =>
    Array.from({ length }, () => Math.floor(runtime.random() * 16).toString(16)).join('');
  return {
    randomUUID: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    getRandomValues: (array: Uint8Array) => array.map(byte),
  };
}

function virtualConsole(runtime: Runtime) {
  const log = (...args: unknown[]) => runtime.log('console', { text: args.map(String).join(' ') });
  return { log, info: log, warn: log, error: log, debug: log, trace: log, table: log };
}
