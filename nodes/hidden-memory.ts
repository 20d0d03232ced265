/**
 * Looks in the sources of a solution for memory that its objects do not show: variables of modules
 * and static fields. Nodes that may have some are explored by their histories alone, which takes
 * longer and is always right.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { frameworkFiles } from './sandbox/allowed-modules';
import { solutionFolders } from './sandbox/solution-folders';

/** The programs whose nodes may have hidden memory, by their files, and where it is. */
export function hiddenMemoryIn(root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of solutionFolders) {
    const program = `${folder}/node.ts`;
    for (const file of modulesOf(root, program)) {
      const hidden = hiddenIn(readFileSync(path.join(root, file), 'utf8'));
      if (hidden !== undefined && !found.has(program)) found.set(program, `${file} has ${hidden}`);
    }
  }
  return found;
}

/**
 * A module of the solution and those that it may load: whatever a text in it could name, however that
 * is imported. Contracts of the framework are constant.
 */
function modulesOf(root: string, first: string): string[] {
  const known = new Set(existsSync(path.join(root, first)) ? [first] : []);
  for (const file of known) {
    const source = readFileSync(path.join(root, file), 'utf8');
    for (const [, name = ''] of source.matchAll(/['"`](\.{1,2}(?:\/[^'"`\n]*)?)['"`]/g)) {
      const plain = path.posix.join(path.posix.dirname(file), name).replace(/\/$/, '');
      const target = [plain, `${plain}.ts`, `${plain}/index.ts`].find((each) =>
        statSync(path.join(root, each), { throwIfNoEntry: false })?.isFile(),
      );
      const isOurs = solutionFolders.some((folder) => target?.startsWith(`${folder}/`));
      if (target !== undefined && isOurs && !frameworkFiles.has(target)) known.add(target);
    }
  }
  return [...known];
}

/** The state of a module that may change beside its objects; undefined: there is none. */
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
