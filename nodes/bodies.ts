/**
 * The bodies of messages: JSON text. To read a text of a megabyte takes longer than all else that a run does in a
 * second, so the values of the last long ones are kept, and whoever gets one of these gets a copy of its value.
 */

/** In UTF-16 code units: shorter texts are read quicker than found. */
const longBody = 20_000;
/** How many long bodies are kept. */
const mostKept = 16;
/** A value with more parts than this is read quicker than copied. */
const mostParts = 500;

/** Stands for a value of which only JSON knows how it is written. */
const odd = Symbol('odd');

interface Kept {
  readonly text: string;
  readonly value: unknown;
}

export class Bodies {
  private readonly kept: Kept[] = [];

  /** As `JSON.stringify`, but null for what has no text. */
  write(value: unknown): string {
    const text = JSON.stringify(value) ?? 'null';
    if (text.length >= longBody) this.keep(text, value);
    return text;
  }

  /** As `JSON.parse`. */
  read(text: string): unknown {
    const kept = text.length >= longBody ? this.kept.find((one) => one.text === text) : undefined;
    return kept === undefined ? JSON.parse(text) : copyOf(kept.value, { parts: 0 });
  }

  private keep(text: string, value: unknown): void {
    const copy = copyOf(value, { parts: 0 });
    if (copy === odd) return;
    this.kept.unshift({ text, value: copy });
    if (this.kept.length > mostKept) this.kept.pop();
  }
}

/** What JSON makes of a value that is plain data of few parts; else `odd`. */
function copyOf(value: unknown, seen: { parts: number }): unknown {
  seen.parts += 1;
  if (seen.parts > mostParts) return odd;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value + 0 : null;
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? copyOfList(value, seen) : copyOfObject(value, seen);
    default:
      return odd;
  }
}

function copyOfList(list: readonly unknown[], seen: { parts: number }): unknown {
  if (list.length > mostParts || 'toJSON' in list) return odd;
  const copies = list.map((entry) => copyOf(entry, seen));
  // A hole stays one, and is none in JSON.
  return copies.includes(odd) || copies.includes(undefined) ? odd : copies;
}

function copyOfObject(value: object, seen: { parts: number }): unknown {
  if (Object.prototype.toString.call(value) !== '[object Object]' || 'toJSON' in value) return odd;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, name);
    if (name === '__proto__' || property === undefined || !('value' in property)) return odd;
    if (property.value === undefined) continue;
    const own = copyOf(property.value, seen);
    if (own === odd) return odd;
    copy[name] = own;
  }
  return copy;
}
