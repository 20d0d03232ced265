/** The hand-ins of a class: a folder in which each entry is one, a folder or an archive. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { archiveNames } from '../hand-in/read';

export interface RollEntry {
  /** The name of the entry, without the end of an archive. */
  readonly name: string;
  readonly place: string;
  /** Why it cannot even be looked at. */
  readonly problem?: string;
}

/** Nobody is called so: what systems and editors leave in folders, and the end of a download. */
const junk = [
  /^\._/,
  /^\.(DS_Store|localized|Spotlight-V100|Trashes|fseventsd|TemporaryItems|AppleDouble)$/i,
  /^\.(git|gitignore|gitkeep|gitattributes|directory|nfs.*|~lock.*)$/i,
  /^(__MACOSX|Icon\r|Thumbs\.db|ehthumbs\.db|desktop\.ini|\$RECYCLE\.BIN|lost\+found)$/i,
  /^System Volume Information$/i,
  /^~\$|~$/,
];

/** The most characters that a name may have. */
const maxNameLength = 200;

/** In the order of their names. Throws an Error that says what is wrong with the folder. */
export function readRoll(folder: string): RollEntry[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`expected a folder with a hand-in in each entry, got ${folder}`);
  }
  // As bytes: a name from another system may be no UTF-8, and would then lead nowhere.
  const entries = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
    .map((entry) => entryOf(folder, entry as unknown as Dirent<Buffer>))
    .filter(({ name }) => !junk.some((pattern) => pattern.test(name)))
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

function entryOf(folder: string, { name: bytes }: Dirent<Buffer>): RollEntry {
  const name = bytes.toString('utf8');
  const place = path.join(folder, name);
  if (!Buffer.from(name).equals(bytes)) {
    // Each byte by itself, so that no two such names look the same.
    const shown = bytes.toString('latin1').replace(/[^ -~]/g, hexOf);
    return { name: shown, place, problem: 'its name is not UTF-8: rename it' };
  }
  if (name.length > maxNameLength) {
    return {
      name,
      place,
      problem: `its name is longer than ${maxNameLength} characters: rename it`,
    };
  }
  return { name: name.replace(archiveNames, ''), place };
}

function hexOf(letter: string): string {
  return `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
