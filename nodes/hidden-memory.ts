/**
 * Looks in the sources of a solution for memory that its objects do not show: variables of modules
 * and static fields. Nodes that may have some are explored by their histories alone, which takes
 * longer and is always right.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Role } from '../world';

/** The kinds of nodes that are explored. */
const folderOf: Readonly<Partial<Record<Role['kind'], string>>> = {
  'view-service': 'viewservice',
  replica: 'pbservice',
  client: 'client',
};

/** The kinds of nodes that may have hidden memory, and where it is. */
export function hiddenMemoryIn(root: string): Map<Role['kind'], string> {
  const found = new Map<Role['kind'], string>();
  for (const [kind, folder] of Object.entries(folderOf) as [Role['kind'], string][]) {
    for (const file of modulesOf(root, `${folder}/node.ts`)) {
      const hidden = hiddenIn(readFileSync(path.join(root, file), 'utf8'));
      if (hidden !== undefined && !found.has(kind)) found.set(kind, `${file} has ${hidden}`);
    }
  }
  return found;
}

/** A module of the solution and those that it loads; contracts are constant. */
function modulesOf(root: string, first: string): string[] {
  const known = [first];
  for (const file of known) {
    if (!existsSync(path.join(root, file))) continue;
    const source = readFileSync(path.join(root, file), 'utf8');
    for (const [, name = ''] of source.matchAll(/\bfrom\s+'(\.[^']*)'/g)) {
      const target = `${path.posix.join(path.posix.dirname(file), name)}.ts`;
      const isOurs = Object.values(folderOf).includes(target.split('/')[0] ?? '');
      if (isOurs && !target.endsWith('/api.ts') && !known.includes(target)) known.push(target);
    }
  }
  return known.filter((file) => existsSync(path.join(root, file)));
}

/** What may change in a module beside its objects; undefined: nothing. */
export function hiddenIn(source: string): string | undefined {
  const variable = /^(?:export\s+)?(?:let|var)\s+(\w+)/m.exec(source)?.[1];
  if (variable !== undefined) return `the variable ${variable}`;
  const field =
    /^\s+(?:(?:public|private|protected)\s+)*static\s+(?:override\s+)?(?:readonly\s+)?(#?\w+)\s*[:=;!?]/m;
  const fixed = /static\s+readonly\s+\w+(?:\s*:\s*\w+)?\s*=\s*['"\d]/;
  const declaration = field.exec(source);
  if (
    declaration !== null &&
    !fixed.test(source.slice(declaration.index, declaration.index + 200))
  ) {
    return `the static field ${declaration[1]}`;
  }
  for (const [, name = '', value = ''] of source.matchAll(
    /^(?:export\s+)?const\s+(\w+)[^=\n]*=\s*(.*)/gm,
  )) {
    const isObject = /^(new\s|\[|\{|Object\.|Array\.|withResolvers)/.test(value);
    const isPlain = /^(new\s+(Map|Set|RegExp)\b|\[|\{|Object\.freeze)/.test(value);
    if (isObject && (!isPlain || isChanged(source, name))) return `the object ${name}`;
  }
  return undefined;
}

function isChanged(source: string, name: string): boolean {
  const methods = 'set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill';
  const change = `\\b${name}(\\.(${methods})\\(|(\\.\\w+|\\[[^\\]]*\\])+\\s*(=[^=]|\\+\\+|--|[-+*/|&]=))`;
  return (
    new RegExp(change).test(source) || new RegExp(`(=|\\(|return)\\s*${name}\\s*[;,)]`).test(source)
  );
}
