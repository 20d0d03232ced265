/**
 * The modules of Node.js that a node may have: those that only compute, as copies, so that nothing put
 * into one of them reaches another node; and those of time and chance, in a form of the node's own.
 */
import { createRequire, isBuiltin } from 'node:module';
import type { Runtime } from '../../runtime/node';
import { cryptoModule } from './virtual-crypto';
import type { VirtualGlobals } from './virtual-globals';
import { timerPromises, virtualPerformance } from './virtual-time';

const requireHere = createRequire(__filename);

/** The exports that do reach out of a node, and their replacements. */
const withheld: Readonly<Record<string, readonly string[]>> = {
  buffer: ['Blob', 'File', 'resolveObjectURL'],
  events: ['EventEmitterAsyncResource'],
  util: ['debuglog', 'debug', 'deprecate', 'transferableAbortController', 'aborted'],
};

/** The modules that only compute. */
const harmless = [
  ...['assert', 'assert/strict', 'buffer', 'events', 'path/posix', 'querystring'],
  ...['string_decoder', 'url', 'util', 'util/types'],
];

type Make = (runtime: Runtime, globals: VirtualGlobals) => object;

const virtual: Readonly<Record<string, Make>> = {
  console: (_runtime, globals) => globals.get('console') as object,
  crypto: (runtime, globals) =>
    cryptoModule(runtime, globals.forbid, Object.keys(requireHere('node:crypto'))),
  perf_hooks: (runtime) => ({ performance: virtualPerformance(runtime) }),
  process: (_runtime, globals) => globals.get('process') as object,
  timers: (runtime, globals) => ({ ...globals.timers, promises: timerPromises(runtime) }),
  'timers/promises': (runtime) => timerPromises(runtime),
};

export const nodeModuleNames: readonly string[] = [...harmless, ...Object.keys(virtual)].sort();

/** The module of Node.js of this name, as a node has it; undefined: it may not have it. */
export function nodeModule(
  name: string,
  runtime: Runtime,
  globals: VirtualGlobals,
): object | undefined {
  if (!isBuiltin(name)) return undefined;
  const plain = name.replace(/^node:/, '');
  const make = Object.hasOwn(virtual, plain) ? virtual[plain] : undefined;
  if (make !== undefined) return asNamespace(make(runtime, globals));
  return harmless.includes(plain) ? copyOf(plain) : undefined;
}

const copies = new Map<string, object>();

function copyOf(name: string): object {
  let copy = copies.get(name);
  if (copy === undefined) {
    const real = requireHere(name);
    const without = withheld[name] ?? [];
    const parts = Object.entries(real).map(([part, value]) => [
      part,
      without.includes(part) ? unavailable(`${name}.${part}`) : value,
    ]);
    copy = asNamespace(Object.fromEntries(parts), typeof real === 'function' ? real : undefined);
    copies.set(name, copy);
  }
  return copy;
}

function unavailable(what: string) {
  // A function, as some of them are called with `new`.
  return function unavailable() {
    throw new Error(`${what} is not for nodes: it reaches out of them`);
  };
}

/**
 * Compiled code takes a module with this mark as it is, and copies others at each `import * as`.
 * `itself` is what the module is, where that is a function.
 */
export function asNamespace(exports: object, itself?: object): object {
  const namespace = { ...exports, default: itself ?? exports, __esModule: true };
  return Object.freeze(namespace);
}
