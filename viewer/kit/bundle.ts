/**
 * Makes one script of the modules of a page. They go through the same compiler and the same cache as
 * all other TypeScript of the project, so there is no build step and no bundler. A package comes as the
 * one CommonJS file that it says it is.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from '../../runtime/typescript.cjs';

const folder = path.join(__dirname, '..');
/** An import that is no path in this folder. */
const packagePrefix = 'package ';

/**
 * The script that begins with `entry`, a module of this folder such as `browser/main`. Throws an Error
 * when a module is missing or does not compile.
 */
export function bundle(entry: string): string {
  const modules = new Map<string, string>();
  const waiting = [entry];
  for (const name of waiting) {
    if (modules.has(name)) continue;
    const { code, imports } = load(name);
    modules.set(name, code);
    waiting.push(...imports);
  }
  const entries = [...modules].map(
    ([name, code]) => `${JSON.stringify(name)}: (exports, require, module) => {\n${code}\n}`,
  );
  return `(() => {
'use strict';
const modules = {
${entries.join(',\n')}
};
const loaded = {};
function require(name) {
  if (loaded[name] === undefined) {
    const module = (loaded[name] = { exports: {} });
    modules[name](module.exports, require, module);
  }
  return loaded[name].exports;
}
require(${JSON.stringify(entry)});
})();
`;
}

function load(name: string): { readonly code: string; readonly imports: readonly string[] } {
  if (name.startsWith(packagePrefix)) {
    const file = require.resolve(name.slice(packagePrefix.length));
    return { code: readFileSync(file, 'utf8'), imports: [] };
  }
  const file = path.join(folder, `${name}.ts`);
  return linked(name, compile(readFileSync(file, 'utf8'), file));
}

/** Names the modules that a module requires as the bundle does: from this folder on. */
function linked(name: string, compiled: string) {
  const imports: string[] = [];
  const code = compiled
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replace(/\brequire\("([^"]+)"\)/g, (_all, to: string) => {
      const isHere = to.startsWith('.');
      const target = isHere ? path.posix.join(path.posix.dirname(name), to) : packagePrefix + to;
      imports.push(target);
      return `require(${JSON.stringify(target)})`;
    });
  return { code: code.trim(), imports };
}
