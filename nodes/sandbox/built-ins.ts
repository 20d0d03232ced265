/**
 * The objects of the language, which nodes of a process share. The grader does not let code change them;
 * here it is noticed, so that nobody learns of it only there.
 */
import { real } from './virtual-globals';

const names = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Promise', 'Map', 'Set', 'Error', 'Date'],
  ...['Math', 'JSON', 'Reflect', 'Symbol', 'RegExp'],
] as const;

const holders: readonly (readonly [string, object, ReadonlySet<PropertyKey>])[] = names.flatMap(
  (name) => {
    const own: object = real[name];
    const prototype: unknown = Reflect.get(own, 'prototype');
    const all: [string, object][] = [[name, own]];
    if (typeof prototype === 'object' || typeof prototype === 'function') {
      if (prototype !== null) all.push([`${name}.prototype`, prototype]);
    }
    return all.map(([what, holder]) => [what, holder, new Set(Reflect.ownKeys(holder))] as const);
  },
);

/** Takes away what was added to them, and returns its names. */
export function takeAdditions(): string[] {
  const added: string[] = [];
  for (const [what, holder, before] of holders) {
    const keys = Reflect.ownKeys(holder);
    if (keys.length === before.size) continue;
    for (const key of keys.filter((each) => !before.has(each))) {
      // Values that Node.js or the framework sets there for a moment are none of the solution's.
      if (key === 'prepareStackTrace') continue;
      added.push(`${what}.${String(key)}`);
      Reflect.deleteProperty(holder, key);
    }
  }
  return added;
}

/** Adds to an error of the engine what it is about. */
export function aboutBuiltIns(message: string): string {
  const isAbout = /^Cannot (add|assign to read only|redefine|delete) property|^Cannot change /;
  return isAbout.test(message) ? `${message} (${rule})` : message;
}

const rule = 'nodes share the objects of the language, so none may change them: write a function';

export function additionError(added: readonly string[]): Error {
  return new Error(`it adds ${added.slice(0, 5).join(', ')}: ${rule}`);
}
