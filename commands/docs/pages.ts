/** The generated pages, and whether those on disk are what they should be. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../runtime/replace-file';
import { readText } from '../../runtime/text-file';
import { errorsPage } from './errors';
import { gradedPage } from './graded';
import { limitsPage } from './limits';
import { protocolPage } from './protocol';
import { reportPage } from './report';

const root = path.resolve(__dirname, '../..');

export const pages: Readonly<Record<string, () => string>> = {
  'docs/errors.md': errorsPage,
  'docs/graded.md': () => gradedPage('en'),
  'docs/graded.zh.md': () => gradedPage('zh'),
  'docs/reference/limits.md': limitsPage,
  'docs/reference/protocol.md': protocolPage,
  'docs/report-format.md': reportPage,
};

/** The pages that are missing or not what `npm run docs` would write. */
export function stalePages(): string[] {
  return Object.entries(pages).flatMap(([file, render]) =>
    onDisk(file) === render() ? [] : [file],
  );
}

/** Writes the stale pages and returns their names. */
export function writePages(): string[] {
  const stale = stalePages();
  for (const file of stale) {
    const full = path.join(root, file);
    mkdirSync(path.dirname(full), { recursive: true });
    replaceFile(full, pages[file]?.() ?? '');
  }
  return stale;
}

function onDisk(file: string): string | undefined {
  try {
    return readText(path.join(root, file));
  } catch {
    return undefined;
  }
}
