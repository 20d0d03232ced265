/** The needs of a file of the project: other files of it, and packages. */
import { existsSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import ts from 'typescript';

export interface Imports {
  /** Relative to the root, with slashes. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** Throws an Error when a file is imported that is not there. */
export function importsOf(root: string, file: string, text: string): Imports {
  const files: string[] = [];
  const packages: string[] = [];
  const { importedFiles } = ts.preProcessFile(text, true, true);
  for (const { fileName: name } of importedFiles) {
    if (name.startsWith('.')) files.push(...resolve(root, file, name));
    else if (!isBuiltin(name)) packages.push(packageOf(name));
  }
  return { files, packages };
}

function resolve(root: string, from: string, name: string): string[] {
  const plain = path.posix.join(path.posix.dirname(from), name);
  const found = [plain, `${plain}.ts`, `${plain}/index.ts`].find((candidate) =>
    isFile(path.join(root, candidate)),
  );
  if (found === undefined) throw new Error(`${from} imports ${name}, which is not there`);
  const types = found.replace(/\.cjs$/, '.d.cts');
  return types !== found && existsSync(path.join(root, types)) ? [found, types] : [found];
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** `@jest/test-result` of `@jest/test-result/build/x`. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
