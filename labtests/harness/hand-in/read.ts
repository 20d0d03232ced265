/**
 * Reads what was handed in: a folder, a tar archive (also compressed) or a zip archive. Only the
 * student files are taken, from wherever in it they lie; the rest stays where it is, and nothing is
 * unpacked onto the disk. Links are not followed: they could lead anywhere.
 */
import { createReadStream, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { Parser, type ReadEntry } from 'tar';
import { studentFiles } from './student-files';

/** The text of each student file that was handed in. */
export type HandedIn = ReadonlyMap<string, Buffer>;

/** No student file is nearly as large. */
const maxFileBytes = 2 ** 20;
/** People hand in their node_modules too. */
const maxArchiveBytes = 256 * 2 ** 20;
/** A zip archive is read as a whole. */
const maxZipBytes = 64 * 2 ** 20;
const maxContentBytes = 2 ** 30;
const maxEntries = 200_000;
/** How many folders may lie around the student files. */
const maxDepth = 4;

export const archiveNames = /\.(tar|tar\.gz|tgz|zip)$/i;

/** Throws an Error that says what is wrong when this is no hand-in at all. */
export async function readHandIn(submission: string): Promise<HandedIn> {
  const from = path.resolve(submission);
  const entry = lstatSync(from, { throwIfNoEntry: false });
  if (entry?.isDirectory()) return select(submission, readFolder(from));
  if (!entry?.isFile() || !archiveNames.test(from)) {
    const got = entry === undefined ? `${submission}, which is not there` : submission;
    throw new Error(
      `expected the folder of a hand-in, or a .tar, .tar.gz or .zip file, got ${got}`,
    );
  }
  const isZip = /\.zip$/i.test(from);
  const limit = isZip ? maxZipBytes : maxArchiveBytes;
  if (entry.size > limit) {
    throw new Error(`${submission} has ${mib(entry.size)}, at most ${mib(limit)} are read`);
  }
  let found: Found;
  try {
    found = isZip ? readZip(from) : await readTar(from);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${submission} cannot be read as an archive: ${why}`);
  }
  return select(submission, found);
}

/** What may be student files, by path: the content, or how many bytes too large ones have. */
type Found = Map<string, Buffer | number>;

/** The file that the path is by its end, and what stands before it. */
function studentFileAt(place: string): { prefix: string; file: string } | undefined {
  const plain = path.posix.normalize(place.replaceAll('\\', '/'));
  const file = studentFiles.find((name) => plain === name || plain.endsWith(`/${name}`));
  if (file === undefined) return undefined;
  const prefix = plain.slice(0, -file.length);
  const folders = prefix.split('/').filter((folder) => folder !== '');
  const isHidden = folders.some((folder) => /^(\..*|node_modules|store|__MACOSX)$/.test(folder));
  return isHidden || folders.length > maxDepth ? undefined : { prefix, file };
}

/** Takes the files that lie together, nearest to the top. */
function select(submission: string, found: Found): HandedIn {
  const byPrefix = new Map<string, Map<string, Buffer | number>>();
  for (const [place, content] of found) {
    const at = studentFileAt(place);
    if (at === undefined) continue;
    const files = byPrefix.get(at.prefix) ?? new Map();
    byPrefix.set(at.prefix, files.set(at.file, content));
  }
  const depth = (prefix: string) => prefix.split('/').length;
  const [first, second] = [...byPrefix.keys()].sort((a, b) => depth(a) - depth(b));
  if (first === undefined) {
    throw new Error(`${submission} has none of the student files: ${studentFiles.join(', ')}`);
  }
  if (second !== undefined && depth(first) === depth(second)) {
    throw new Error(
      `${submission} has student files in both ${first || '.'} and ${second || '.'}: hand in one`,
    );
  }
  const files = new Map<string, Buffer>();
  for (const [file, content] of byPrefix.get(first) ?? []) {
    if (typeof content === 'number') {
      throw new Error(`${file} has ${content} bytes, at most ${maxFileBytes} are taken`);
    }
    files.set(file, content);
  }
  return files;
}

function readFolder(root: string): Found {
  const found: Found = new Map();
  let seen = 0;
  const walk = (folder: string, depth: number) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      seen += 1;
      if (seen > maxEntries) throw new Error(`${root} has more than ${maxEntries} files`);
      const place = path.posix.join(folder, entry.name);
      const isOurs = !/^(\..*|node_modules|store)$/.test(entry.name);
      if (entry.isDirectory() && isOurs && depth <= maxDepth) walk(place, depth + 1);
      if (!entry.isFile() || studentFileAt(place) === undefined) continue;
      const file = path.join(root, place);
      const { size } = lstatSync(file);
      found.set(place, size > maxFileBytes ? size : readFileSync(file));
    }
  };
  walk('', 0);
  return found;
}

function readTar(file: string): Promise<Found> {
  return new Promise((resolve, reject) => {
    const found: Found = new Map();
    let [entries, sizeBytes] = [0, 0];
    const input = createReadStream(file);
    const parser = new Parser();
    const fail = (error: Error) => {
      input.destroy();
      reject(error);
    };
    parser.on('entry', (entry: ReadEntry) => {
      entries += 1;
      sizeBytes += entry.size;
      if (entries > maxEntries || sizeBytes > maxContentBytes) {
        fail(new Error(`it has more than ${maxEntries} files or ${mib(maxContentBytes)}`));
      }
      const isFile = entry.type === 'File' || entry.type === 'OldFile';
      if (!isFile || studentFileAt(entry.path) === undefined) return void entry.resume();
      if (entry.size > maxFileBytes) {
        found.set(entry.path, entry.size);
        return void entry.resume();
      }
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      entry.on('end', () => found.set(entry.path, Buffer.concat(chunks)));
    });
    parser.on('error', fail);
    parser.on('end', () => resolve(found));
    input.on('error', fail);
    input.pipe(parser as unknown as NodeJS.WritableStream);
  });
}

function readZip(file: string): Found {
  const found: Found = new Map();
  let entries = 0;
  const contents = unzipSync(readFileSync(file), {
    filter: ({ name, originalSize }) => {
      entries += 1;
      if (entries > maxEntries) throw new Error(`it has more than ${maxEntries} files`);
      if (studentFileAt(name) === undefined) return false;
      if (originalSize <= maxFileBytes) return true;
      found.set(name, originalSize);
      return false;
    },
  });
  for (const [name, content] of Object.entries(contents)) found.set(name, Buffer.from(content));
  return found;
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
