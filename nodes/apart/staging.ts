/**
 * The folder that the processes of one hand-in see: the framework that a node needs and the modules
 * of the hand-in, all compiled. Neither tests nor reports nor another solution are in it.
 */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { compile } from '../../runtime/typescript.cjs';
import { frameworkFiles } from '../sandbox/allowed-modules';
import { solutionFolders } from '../sandbox/solution-folders';
import { type CompileError, compileApart } from './compile-apart';

const frameworkRoot = path.join(__dirname, '../..');
/** Where the process of a node begins. */
const firstFile = 'nodes/apart/node-process.cjs';

/** In place of the compiler: what is staged is compiled already. */
const loader = `'use strict';
const fs = require('node:fs');
module.exports = {
  compile: (source) => source,
  register() {
    require.extensions['.ts'] = (module, file) =>
      module._compile(fs.readFileSync(file, 'utf8'), file);
  },
};
`;

export interface Staging {
  readonly folder: string;
  /** Files of the hand-in that do not compile, with what the compiler says. */
  readonly compile: readonly CompileError[];
  remove(): void;
}

/** Stages the solution in `root`, a folder with viewservice/, pbservice/ and client/. */
export function stageFiles(root: string): Staging {
  const folder = temporaryFolder('viewlab-staged-');
  // The processes of nodes may run as another user.
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    return { folder, compile: fill(folder, path.resolve(root)), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function fill(folder: string, root: string): readonly CompileError[] {
  // The modules that a node may load and those of its process, and nothing else.
  const ours = new Map([['runtime/typescript.cjs', loader]]);
  for (const name of [firstFile, ...frameworkFiles]) collect(name, ours);
  for (const [name, code] of ours) put(folder, name, code);
  const theirs = solutionFolders.flatMap((name) => filesIn(root, name));
  const { code, errors } = compileApart(root, theirs);
  for (const name of theirs) {
    const error = errors.find(({ file }) => file === name);
    // A module that does not compile says so when it is loaded, and harms no other.
    const thrown = `throw new Error(${JSON.stringify(error?.message)});`;
    put(folder, name, error === undefined ? (code.get(name) ?? '') : thrown);
  }
  const valibot = 'node_modules/valibot';
  cpSync(path.join(frameworkRoot, valibot), path.join(folder, valibot), { recursive: true });
  return errors;
}

/** Adds a module of the framework and all that it requires, compiled, to `collected`. */
function collect(name: string, collected: Map<string, string>): void {
  if (collected.has(name)) return;
  const file = path.join(frameworkRoot, name);
  const source = readFileSync(file, 'utf8');
  const code = name.endsWith('.ts') ? compile(source, file) : source;
  collected.set(name, code);
  for (const [, required = ''] of code.matchAll(/require\(["'](\.[^"']+)["']\)/g)) {
    const plain = path.posix.join(path.posix.dirname(name), required);
    collect(/\.(ts|cjs)$/.test(plain) ? plain : `${plain}.ts`, collected);
  }
}

/** The modules in a folder, relative to the root. A link in a hand-in could lead anywhere. */
function filesIn(root: string, name: string): string[] {
  return readdirSync(path.join(root, name), { withFileTypes: true }).flatMap((entry) => {
    const inner = `${name}/${entry.name}`;
    if (entry.isDirectory()) return filesIn(root, inner);
    return entry.isFile() && /(?<!\.test)\.(ts|cjs)$/.test(entry.name) ? [inner] : [];
  });
}

function put(folder: string, name: string, text: string): void {
  const target = path.join(folder, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}
