/** Randomness of a node, drawn from its seed, and those parts of `node:crypto` that only compute. */
import { createHash, createHmac, getHashes, timingSafeEqual } from 'node:crypto';
import type { Runtime } from '../../runtime/node';

type Forbid = (name: string, instead?: string) => () => never;

/** The global `crypto`. */
export function virtualCrypto(runtime: Runtime, forbid: Forbid): object {
  return {
    randomUUID: () => randomUuid(runtime),
    getRandomValues: (array: Uint8Array) => fill(runtime, array),
    get subtle() {
      return forbid('crypto.subtle', 'createHash of node:crypto computes at once')();
    },
  };
}

/** The module `node:crypto`: the rest of it is an error that says so. */
export function cryptoModule(runtime: Runtime, forbid: Forbid, names: readonly string[]): object {
  const globals = virtualCrypto(runtime, forbid);
  const others = names.map((name) => [name, forbid(`crypto.${name}`)]);
  return {
    ...Object.fromEntries(others),
    randomUUID: () => randomUuid(runtime),
    getRandomValues: (array: Uint8Array) => fill(runtime, array),
    randomBytes: (size: number) => fill(runtime, Buffer.alloc(size)),
    randomFillSync: (array: Uint8Array) => fill(runtime, array),
    randomInt: (low: number, high?: number) => {
      const [from, to] = high === undefined ? [0, low] : [low, high];
      return from + Math.floor(runtime.random() * (to - from));
    },
    webcrypto: globals,
    createHash: (name: string) => digester(createHash(name)),
    createHmac: (name: string, key: string | Uint8Array) => digester(createHmac(name, key)),
    getHashes,
    timingSafeEqual,
  };
}

interface Digester {
  update(data: string | Uint8Array, encoding?: unknown): unknown;
  digest(encoding?: unknown): unknown;
}

/** Without the stream that a hash of Node.js is as well. */
function digester(hash: Pick<Digester, 'update' | 'digest'> | object): Digester {
  const of = hash as Digester;
  const own: Digester = {
    update(data, encoding) {
      of.update(data, encoding);
      return own;
    },
    digest: (encoding) => of.digest(encoding),
  };
  return own;
}

function randomUuid(runtime: Runtime): string {
  const hex = (length: number) =>
    Array.from({ length }, () => Math.floor(runtime.random() * 16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}

function fill(runtime: Runtime, array: Uint8Array): Uint8Array {
  for (let i = 0; i < array.length; i += 1) array[i] = Math.floor(runtime.random() * 256);
  return array;
}
