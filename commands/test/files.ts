import { readdirSync } from 'node:fs';

const skippedFolders = /(^|[\\/])(node_modules|store|\.git)([\\/]|$)/;

/** The test files of the project, relative to its root, with slashes. */
export function testFilesIn(root: string): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    if (skippedFolders.test(entry.name) || entry.name.startsWith('.')) return [];
    if (!entry.isDirectory()) return entry.name.endsWith('.test.ts') ? [entry.name] : [];
    return testFilesIn(`${root}/${entry.name}`).map((file) => `${entry.name}/${file}`);
  });
}
