/** Types of files, told by their first bytes: names are given by people. */
import { closeSync, openSync, readSync } from 'node:fs';

/** Beginnings in latin1 of what is read, and of what is not. */
const kinds: readonly { readonly kind: string; readonly at?: number; readonly begin: string }[] = [
  { kind: 'zip', begin: 'PK\x03\x04' },
  // One without a file in it.
  { kind: 'zip', begin: 'PK\x05\x06' },
  { kind: 'gzip', begin: '\x1f\x8b' },
  { kind: 'tar', at: 257, begin: 'ustar' },
  { kind: 'a RAR archive', begin: 'Rar!' },
  { kind: 'a 7z archive', begin: '7z\xbc\xaf' },
  { kind: 'an archive compressed with xz', begin: '\xfd7zXZ' },
  { kind: 'an archive compressed with bzip2', begin: 'BZh' },
  { kind: 'an archive compressed with zstd', begin: '\x28\xb5\x2f\xfd' },
  { kind: 'a PDF document', begin: '%PDF' },
];

/** The types that are read, for people. */
export const readKinds = 'the folder of a hand-in, or a .tar, .tar.gz or .zip file';

/** At the end of names of archives that are read. */
export const archiveNames = /\.(tar|tar\.gz|tgz|zip)$/i;

export type ArchiveType = 'zip' | 'gzip' | 'tar';

/** Throws an Error that says what it is, when that is nothing that is read. */
export function kindOf(file: string): ArchiveType {
  const bytes = Buffer.alloc(512);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(descriptor);
  }
  const text = bytes.toString('latin1');
  const kind = kinds.find(({ at = 0, begin }) => text.startsWith(begin, at))?.kind;
  if (kind === 'zip' || kind === 'gzip' || kind === 'tar') return kind;
  // Old tar files do not say so; what is none fails when it is read.
  if (kind === undefined && /\.tar$/i.test(file)) return 'tar';
  if (kind === undefined && archiveNames.test(file)) {
    throw new Error('cannot be read as an archive: it does not begin like one');
  }
  throw new Error(`is ${kind ?? 'a single file'}: expected ${readKinds}`);
}
