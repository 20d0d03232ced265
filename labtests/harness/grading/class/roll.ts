/** The hand-ins of a class: a folder in which each entry is one, a folder or an archive. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { archiveNames } from '../../hand-in/read';

export interface RollEntry {
  /** The name of the entry, without the end of an archive. */
  readonly name: string;
  readonly place: string;
}

/** In the order of their names. Throws an Error that says what is wrong with the folder. */
export function readRoll(folder: string): RollEntry[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`expected a folder with a hand-in in each entry, got ${folder}`);
  }
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .filter((entry) => entry.isDirectory() || (entry.isFile() && archiveNames.test(entry.name)))
    .map(({ name }) => ({ name: name.replace(archiveNames, ''), place: path.join(folder, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.length === 0) {
    throw new Error(`${folder} has no hand-ins: neither folders nor .tar, .tar.gz or .zip files`);
  }
  for (const [i, { name, place }] of entries.entries()) {
    const other = entries[i + 1];
    if (other?.name === name) {
      throw new Error(`${place} and ${other.place} are both of ${name}: take one of them away`);
    }
  }
  return entries;
}
