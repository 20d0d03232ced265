/** A hand-in that is a tar archive, also compressed by gzip. Nothing is unpacked onto the disk. */
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { Listing, maxFileBytes, plainPlace, type Source } from './listing';

/** Of all that is in the archive, whatever it says of its sizes. */
const maxContentBytes = 2 ** 29;

export function tarSource(file: string, isCompressed: boolean): Source {
  return {
    async list() {
      const listing = new Listing();
      await parse(file, isCompressed, (entry) => {
        if (isFile(entry)) listing.add(entry.path);
        else if (/Link$/.test(entry.type)) listing.add(entry.path, true);
        entry.resume();
      });
      return listing;
    },
    async read(places) {
      const contents = new Map<string, Buffer | number>();
      await parse(file, isCompressed, (entry) => {
        const place = plainPlace(entry.path);
        if (!isFile(entry) || !places.has(place)) return void entry.resume();
        if (entry.size > maxFileBytes) {
          contents.set(place, entry.size);
          return void entry.resume();
        }
        const chunks: Buffer[] = [];
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
        entry.on('end', () => contents.set(place, Buffer.concat(chunks)));
      });
      return contents;
    },
  };
}

function isFile({ type }: ReadEntry): boolean {
  return type === 'File' || type === 'OldFile' || type === 'ContiguousFile';
}

async function parse(
  file: string,
  isCompressed: boolean,
  onEntry: (entry: ReadEntry) => void,
): Promise<void> {
  const parser = new Parser();
  let failure: Error | undefined;
  const guarded = (entry: ReadEntry) => {
    try {
      onEntry(entry);
    } catch (error) {
      failure ??= error as Error;
      entry.resume();
    }
  };
  parser.on('entry', guarded);
  parser.on('ignoredEntry', (entry: ReadEntry) => entry.resume());
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', reject);
  });
  let sizeBytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // Entries that the parser would unpack by itself, without bound.
      if (sizeBytes === 0 && isCompressedAgain(chunk)) {
        return done(new Error('it is compressed more than once'));
      }
      sizeBytes += chunk.length;
      const isTooMuch = sizeBytes > maxContentBytes;
      const error = isTooMuch
        ? new Error(`it unpacks to more than ${maxContentBytes} bytes`)
        : null;
      if (error !== null || failure !== undefined) return done(failure ?? error);
      parser.write(chunk);
      done();
    },
    flush(done) {
      parser.end();
      done();
    },
  });
  bounded.resume();
  const input = createReadStream(file);
  const flow = isCompressed ? pipeline(input, createGunzip(), bounded) : pipeline(input, bounded);
  await Promise.all([flow, ended]);
  if (failure !== undefined) throw failure;
}

/** By gzip or zstd. */
function isCompressedAgain(chunk: Buffer): boolean {
  return /^(1f8b|28b52ffd)/.test(chunk.subarray(0, 4).toString('hex'));
}
