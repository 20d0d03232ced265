/** Archives that are made to harm: each ends in a hand-in or in a sentence, with little memory. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { readHandIn } from './read';

jest.setTimeout(300_000);

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-hostile-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(name: string, content: Buffer) {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return readHandIn(file);
}

interface Claimed {
  readonly name: string;
  /** What the directory says that it has, in bytes. */
  readonly size: number;
  /** Where its stream begins; the same for all that share one. */
  readonly at: number;
  readonly link?: boolean;
}

/** A zip file with these streams one after the other, and this directory, true or not. */
function zip(streams: readonly Buffer[], entries: readonly Claimed[]): Buffer {
  const local = streams.map((stream) => {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(stream.length, 18);
    return Buffer.concat([header, stream]);
  });
  const body = Buffer.concat(local);
  const directory = entries.map(({ name, size, at, link }) => {
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE((3 << 8) | 20, 4);
    header.writeUInt16LE(20, 6);
    header.writeUInt16LE(0x800, 8);
    header.writeUInt16LE(8, 10);
    header.writeUInt32LE(crc32(''), 16);
    header.writeUInt32LE(streams[0]?.length ?? 0, 20);
    header.writeUInt32LE(size, 24);
    header.writeUInt16LE(Buffer.byteLength(name), 28);
    header.writeUInt32LE(((link ? 0o120777 : 0o100644) << 16) >>> 0, 38);
    header.writeUInt32LE(at, 42);
    return Buffer.concat([header, Buffer.from(name)]);
  });
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, listing, end]);
}

/** The beginning of an entry of a tar archive. */
function tarHeader(name: string, size: number, type: 'File' | 'SymbolicLink' = 'File'): Buffer {
  const header = new Header({ path: name, size, type, mode: 0o644 });
  const block = Buffer.alloc(512);
  header.encode(block);
  return block;
}

/** A file of a tar archive, whole. */
function tarFile(name: string, text: string): Buffer {
  const padding = Buffer.alloc((512 - (text.length % 512)) % 512);
  return Buffer.concat([tarHeader(name, text.length), Buffer.from(text), padding]);
}

test('60,000 entries on one stream: one of them is read', async () => {
  const stream = deflateRawSync(Buffer.alloc(2 ** 20, 'x'));
  const rules = Array.from({ length: 60_000 }, (_, i) => ({
    ...{ name: `${'d/'.repeat(i % 3)}x${i}/viewservice/rules.ts`, size: 2 ** 20, at: 0 },
  }));
  const top = { name: 'viewservice/rules.ts', size: 2 ** 20, at: 0 };
  const files = await read('a.zip', zip([stream], [...rules, top]));
  expect([...files].map(([file, text]) => [file, text.length])).toEqual([[top.name, 2 ** 20]]);
});

test('60,000 entries of one name: one of them is read', async () => {
  const stream = deflateRawSync(Buffer.alloc(2 ** 20, 'x'));
  const entry = { name: 'viewservice/rules.ts', size: 2 ** 20, at: 0 };
  const files = await read('a.zip', zip([stream], Array(60_000).fill(entry)));
  expect(files.size).toBe(1);
});

test('an entry that claims 1,000 bytes and holds far more', async () => {
  const stream = deflateRawSync(Buffer.alloc(2 ** 28));
  const entry = { name: 'lab/viewservice/rules.ts', size: 1_000, at: 0 };
  await expect(read('a.zip', zip([stream], [entry]))).rejects.toThrow(
    'lab/viewservice/rules.ts has more bytes than it says, at most 1048576 are taken',
  );
});

test('more entries than a hand-in has', async () => {
  const entries = Array.from({ length: 65_534 }, (_, i) => ({ name: `${i}`, size: 0, at: 0 }));
  await expect(read('a.zip', zip([deflateRawSync('')], entries))).rejects.toThrow(
    'it has none of the student files',
  );
});

test('a tar archive, compressed, that unpacks to far more than it is', async () => {
  const zeros = gzipSync(Buffer.alloc(2 ** 24));
  const parts = Array(40).fill(zeros);
  const bomb = Buffer.concat([gzipSync(tarHeader('lab/zeros', 2 ** 33)), ...parts]);
  expect(bomb.length).toBeLessThan(2 ** 20);
  await expect(read('a.tar.gz', bomb)).rejects.toThrow('it unpacks to more than 536870912 bytes');
});

test('compressed more than once', async () => {
  const twice = gzipSync(gzipSync(tarFile('viewservice/rules.ts', 'x')));
  await expect(read('a.tgz', twice)).rejects.toThrow('it is compressed more than once');
});

test.each(['/etc/viewservice/rules.ts', '../../viewservice/rules.ts', 'a/../viewservice/rules.ts'])(
  'a name that leads elsewhere leads nowhere: %s',
  async (name) => {
    const text = 'export {};';
    const archives = {
      'a.zip': zip([deflateRawSync(text)], [{ name, size: text.length, at: 0 }]),
      'a.tar': Buffer.concat([tarFile(name, text), Buffer.alloc(1024)]),
    };
    for (const [archive, content] of Object.entries(archives)) {
      // Nothing is written by its name; what cannot be meant otherwise may be taken.
      const files = await read(archive, content).catch((error: Error) => error.message);
      if (typeof files === 'string') expect(files).toContain('none of the student files');
      else expect([...files].map(String)).toEqual(['viewservice/rules.ts,export {};']);
    }
  },
);

test('links, names without end and folders without end', async () => {
  const link = { name: 'viewservice/rules.ts', size: 11, at: 0, link: true };
  await expect(read('a.zip', zip([deflateRawSync('/etc/passwd')], [link]))).rejects.toThrow(
    'viewservice/rules.ts is a link, which is not followed',
  );
  const deep = `${'d/'.repeat(20_000)}viewservice/rules.ts`;
  await expect(
    read('b.zip', zip([deflateRawSync('x')], [{ name: deep, size: 1, at: 0 }])),
  ).rejects.toThrow('none of the student files');
  const bytes = Buffer.concat([tarHeader('viewservice/rules.ts', 2 ** 40), Buffer.alloc(1024)]);
  await expect(read('c.tar', bytes)).rejects.toThrow('cannot be read as a hand-in');
});
