/**
 * Makes one script of the modules in `browser/` and `model/`. They go through the same compiler and
 * the same cache as all other TypeScript of the project, so there is no build step and no bundler.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compile } from '../runtime/typescript.cjs';

const folder = __dirname;

/** The script of a page, from its first module. Throws an Error when a module is missing or does not compile. */
export function bundle(entry = 'browser/main'): string {
  const modules = new Map<string, string>();
  const waiting = [entry];
  for (const name of waiting) {
    if (modules.has(name)) continue;
    const file = path.join(folder, `${name}.ts`);
    const { code, imports } = linked(name, compile(readFileSync(file, 'utf8'), file));
    modules.set(name, code);
    waiting.push(...imports);
  }
  const entries = [...modules].map(
    ([name, code]) => `${JSON.stringify(name)}: (exports, require) => {\n${code}\n}`,
  );
  return `(() => {
'use strict';
const modules = {
${entries.join(',\n')}
};
const loaded = {};
function require(name) {
  if (loaded[name] === undefined) modules[name]((loaded[name] = {}), require);
  return loaded[name];
}
require(${JSON.stringify(entry)});
})();
`;
}

/** Names the modules that a module requires as the bundle does: from this folder on. */
function linked(name: string, compiled: string) {
  const imports: string[] = [];
  const code = compiled
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replace(/\brequire\("([^"]+)"\)/g, (_all, to: string) => {
      const target = path.posix.join(path.posix.dirname(name), to);
      imports.push(target);
      return `require(${JSON.stringify(target)})`;
    });
  return { code: code.trim(), imports };
}
