/** All sources of the project, for tests that look at every one of them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..');
const outside = /(^|\/)(node_modules|store|\.git|zoo\/(right|wrong)|handout\/files)(\/|$)/;

/** TypeScript and CommonJS files, from the root, with slashes. */
export function sources(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => /\.(ts|cts|cjs|mjs|js)$/.test(file) && !outside.test(file))
    .filter((file) => file.includes('/'))
    .sort();
}

/** What is part of no program: tests and what only they use. */
export function isTest(file: string): boolean {
  return /\.(test|testing)\.ts$/.test(file);
}

export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
