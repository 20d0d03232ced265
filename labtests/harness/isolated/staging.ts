/**
 * The folder that the processes of one hand-in see: the framework that a node needs and the modules
 * of the hand-in, all compiled. Neither tests nor reports nor another solution are in it.
 */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf } from '../../../runtime/errors';
import { compile } from '../../../runtime/typescript.cjs';

const frameworkRoot = path.join(__dirname, '../../..');
/** From the framework, whatever the hand-in says. */
const frameworkFolders = ['runtime', 'labtests/harness/simulated', 'labtests/harness/isolated'];
const frameworkFiles = ['labtests/harness/seeded-random.ts'];
const solutionFolders = ['viewservice', 'pbservice', 'client'];

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
  remove(): void;
}

/** Stages the solution in `root`, a folder with viewservice/, pbservice/ and client/. */
export function stage(root: string): Staging {
  const folder = mkdtempSync(path.join(tmpdir(), 'viewlab-staged-'));
  // The processes of nodes may run as another user.
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    fill(folder, path.resolve(root));
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, remove };
}

function fill(folder: string, root: string): void {
  for (const name of frameworkFolders) stageFolder(frameworkRoot, name, folder);
  for (const name of frameworkFiles) stageFile(frameworkRoot, name, folder);
  for (const name of solutionFolders) stageFolder(root, name, folder);
  writeFileSync(path.join(folder, 'runtime/typescript.cjs'), loader);
  const valibot = 'node_modules/valibot';
  cpSync(path.join(frameworkRoot, valibot), path.join(folder, valibot), { recursive: true });
}

function stageFolder(root: string, name: string, target: string): void {
  for (const entry of readdirSync(path.join(root, name), { withFileTypes: true })) {
    const inner = `${name}/${entry.name}`;
    if (entry.isDirectory()) stageFolder(root, inner, target);
    else if (/(?<!\.test)\.(ts|cjs)$/.test(entry.name)) stageFile(root, inner, target);
  }
}

function stageFile(root: string, name: string, target: string): void {
  const from = path.join(root, name);
  // A link in a hand-in could lead anywhere.
  if (!statSync(from).isFile()) return;
  const to = path.join(target, name);
  mkdirSync(path.dirname(to), { recursive: true });
  const source = readFileSync(from, 'utf8');
  writeFileSync(to, name.endsWith('.ts') ? compiled(source, from) : source);
}

/** A module that does not compile says so when it is loaded, and harms no other. */
function compiled(source: string, file: string): string {
  try {
    return compile(source, file);
  } catch (error) {
    return `throw new Error(${JSON.stringify(messageOf(error))});`;
  }
}
