/** Copies of what a node says to people: plain data whatever it was, and never too much of it. */
import { types } from 'node:util';
import type { Json } from './node';
import { shortened, shown } from './thrown-value';

/** How much of a log line is kept, in UTF-16 code units. */
export const maxLogLength = 20_000;
/** How much of the state is kept that a node shows, in UTF-16 code units. */
export const maxStateLength = 200_000;
/** Values of a log line that are nested deeper are named only. */
const maxDepth = 16;
/** The cost of a value besides its text. */
const valueCost = 4;

/** A copy of at most about so many characters. Never throws. */
export function plainCopy(value: unknown, maxLength: number): Json {
  return new Copier(maxLength).copy(value, 0) ?? null;
}

/** The same of an object: always an object. */
export function plainFields(fields: unknown, maxLength: number): { readonly [key: string]: Json } {
  const copy = plainCopy(fields, maxLength);
  const isFields = typeof copy === 'object' && copy !== null && !Array.isArray(copy);
  return isFields ? (copy as { readonly [key: string]: Json }) : { value: copy };
}

class Copier {
  private left: number;

  constructor(maxLength: number) {
    this.left = maxLength;
  }

  /** undefined: JSON has nothing for it, and leaves it out. */
  copy(value: unknown, depth: number): Json | undefined {
    this.left -= valueCost;
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : this.text(String(value));
      case 'undefined':
        return undefined;
      case 'object':
        return value === null ? null : this.object(value, depth);
      default:
        return this.text(shown(value));
    }
  }

  private text(text: string): string {
    const kept = shortened(text, Math.max(0, this.left));
    this.left -= kept.length;
    return kept;
  }

  private object(value: object, depth: number): Json {
    try {
      const isList = Array.isArray(value);
      if (types.isProxy(value) || depth >= maxDepth) return this.text(shown(value));
      if (types.isDate(value)) return this.text(value.toISOString());
      if (isList) return this.list(value, depth);
      return isPlain(value) ? this.fields(value, depth) : this.text(shown(value));
    } catch {
      return this.text(shown(value));
    }
  }

  private list(value: readonly unknown[], depth: number): Json {
    const copies: Json[] = [];
    for (const entry of value) {
      if (this.left <= 0) {
        copies.push(`... (${value.length.toLocaleString('en-US')} in all)`);
        break;
      }
      copies.push(this.copy(entry, depth + 1) ?? null);
    }
    return copies;
  }

  private fields(value: object, depth: number): Json {
    const copies: [string, Json][] = [];
    for (const name in value) {
      if (!Object.hasOwn(value, name)) continue;
      if (this.left <= 0) {
        copies.push(['...', 'and more']);
        break;
      }
      this.left -= name.length;
      const copy = this.copy(Reflect.get(value, name), depth + 1);
      if (copy !== undefined) copies.push([shortened(name, 300), copy]);
    }
    return Object.fromEntries(copies);
  }
}

/** A value that is no more than its properties: not a Map, a Set, a Promise, an Error. */
function isPlain(value: object): boolean {
  const own = !types.isMap(value) && !types.isSet(value) && !types.isPromise(value);
  return own && !types.isNativeError(value) && !ArrayBuffer.isView(value);
}
