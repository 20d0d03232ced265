/** All sources of the project, for tests that look at every one of them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..');
/** Folders that are not searched: they may hold a hundred times as many files. */
const unsearched = /^(\..*|node_modules|store)$/;
const outside = /(^|\/)(zoo\/(right|wrong)|handout\/files)(\/|$)/;

/** TypeScript and CommonJS files, from the root, with slashes. */
export function sources(): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !unsearched.test(entry.name))
    .flatMap(({ name }) =>
      readdirSync(path.join(root, name), { recursive: true, encoding: 'utf8' }).map(
        (file) => `${name}/${file.replaceAll(path.sep, '/')}`,
      ),
    )
    .filter((file) => /\.(ts|cts|cjs|mjs|js)$/.test(file) && !outside.test(file))
    .sort();
}

/** What is part of no program: tests and what only they use. */
export function isTest(file: string): boolean {
  return /\.(test|testing)\.ts$/.test(file);
}

export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
