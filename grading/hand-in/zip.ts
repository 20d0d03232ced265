/**
 * A hand-in that is a zip archive. Only its directory is read, then the entries that were chosen from
 * it: what others hold, or how many of them share one stream, costs nothing.
 */
import { promisify } from 'node:util';
import { type Options, open, type Entry as ZipEntry, type ZipFile } from 'yauzl';
import { Listing, maxFileBytes, plainPlace, type Source } from './listing';

/** Set in the attributes of a Unix zip for a symbolic link. */
const linkType = 0o120000;
const typeBits = 0o170000;

export function zipSource(file: string): Source {
  return {
    async list() {
      const listing = new Listing();
      await walk(file, async (entry) => {
        const isLink = ((entry.externalFileAttributes >>> 16) & typeBits) === linkType;
        if (!nameOf(entry).endsWith('/')) listing.add(nameOf(entry), isLink);
      });
      return listing;
    },
    async read(places) {
      const contents = new Map<string, Buffer | number>();
      await walk(file, async (entry, zip) => {
        const place = plainPlace(nameOf(entry));
        // Of two with one name the first counts: to read them all could take for ever.
        if (places.has(place) && !contents.has(place)) contents.set(place, await read(zip, entry));
      });
      return contents;
    },
  };
}

/** Names are checked by nobody else: nothing is ever written by these. */
function nameOf({ fileName }: ZipEntry): string {
  return (fileName as unknown as Buffer).toString('utf8');
}

async function walk(
  file: string,
  onEntry: (entry: ZipEntry, zip: ZipFile) => Promise<void>,
): Promise<void> {
  const options: Options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false };
  const zip = (await promisify<string, Options, ZipFile>(open)(file, options)) as ZipFile;
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on('error', reject);
      zip.on('end', resolve);
      zip.on('entry', (entry: ZipEntry) => {
        onEntry(entry, zip).then(() => zip.readEntry(), reject);
      });
      zip.readEntry();
    });
  } finally {
    zip.close();
  }
}

/** Ends as soon as there is more than a student file may have, whatever the entry claims. */
async function read(zip: ZipFile, entry: ZipEntry): Promise<Buffer | number> {
  if ((entry.generalPurposeBitFlag & 1) !== 0) throw new Error('it is encrypted with a password');
  if (entry.uncompressedSize > maxFileBytes) return entry.uncompressedSize;
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream) {
    sizeBytes += (chunk as Buffer).length;
    // Leaving the loop ends the stream.
    if (sizeBytes > maxFileBytes) return -1;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
