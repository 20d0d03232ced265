/** Hand-ins that are not as they should be, and can be meant in one way only; and those that cannot. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { readHandIn } from './read';

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-forms-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Reads the hand-in with these files, as a folder and as an archive, and returns file by text. */
async function read(files: Record<string, string>): Promise<Record<string, string>> {
  const texts = Object.entries(files);
  for (const [file, text] of texts) {
    mkdirSync(path.dirname(path.join(folder, 'alice', file)), { recursive: true });
    writeFileSync(path.join(folder, 'alice', file), text);
  }
  const zip = path.join(folder, 'alice.zip');
  writeFileSync(
    zip,
    zipSync(Object.fromEntries(texts.map(([name, text]) => [name, strToU8(text)]))),
  );
  const answers = await Promise.all([readHandIn(path.join(folder, 'alice')), readHandIn(zip)]);
  const [one, two] = answers.map((each) =>
    Object.fromEntries([...each].map(([file, text]) => [file, text.toString()])),
  );
  expect(two).toEqual(one);
  return one ?? {};
}

test('names in another case', async () => {
  expect(await read({ 'ViewService/Rules.ts': 'a', 'CLIENT/clerk.TS': 'b' })).toEqual({
    ...{ 'viewservice/rules.ts': 'a', 'client/clerk.ts': 'b' },
  });
});

test('files without their folders, told by name or by what they declare', async () => {
  const files = { 'rules.ts': 'a', 'Clerk.ts': 'b', 'server.ts': 'export class PbServer {}' };
  expect(await read(files)).toEqual({
    ...{ 'viewservice/rules.ts': 'a', 'client/clerk.ts': 'b' },
    'pbservice/server.ts': 'export class PbServer {}',
  });
});

test('a file beside its folders', async () => {
  expect(await read({ 'x/viewservice/rules.ts': 'a', 'x/clerk.ts': 'b', 'clerk.ts': 'c' })).toEqual(
    {
      ...{ 'viewservice/rules.ts': 'a', 'client/clerk.ts': 'b' },
    },
  );
});

test('all modules of the three folders come along, and nothing else', async () => {
  const files = {
    'lab/pbservice/server.ts': 'a',
    'lab/PbService/Transfer.ts': 'b',
    'lab/client/retry/back-off.ts': 'c',
    'lab/viewservice/api.ts': 'd',
    'lab/pbservice/server.test.ts': 'e',
    'lab/pbservice/notes.md': 'f',
    'lab/pbservice/node_modules/x.ts': 'g',
    'lab/other/x.ts': 'h',
    'old/pbservice/transfer.ts': 'i',
  };
  expect(await read(files)).toEqual({
    'pbservice/server.ts': 'a',
    'pbservice/Transfer.ts': 'b',
    'client/retry/back-off.ts': 'c',
    'viewservice/api.ts': 'd',
  });
});

test('files of the framework are taken for no difference between two copies', async () => {
  const files = { 'a/client/clerk.ts': 'a', 'b/client/clerk.ts': 'a', 'b/client/node.ts': 'b' };
  expect(await read(files)).toEqual({ 'client/clerk.ts': 'a' });
});

test('folders around folders', async () => {
  expect(await read({ 'a/b/c/d/e/f/g/viewservice/rules.ts': 'a' })).toEqual({
    'viewservice/rules.ts': 'a',
  });
});

test('two copies of the same tree, and a nearer one', async () => {
  expect(await read({ 'a/viewservice/rules.ts': 'a', 'b/viewservice/rules.ts': 'a' })).toEqual({
    'viewservice/rules.ts': 'a',
  });
  expect(await read({ 'viewservice/rules.ts': 'b' })).toEqual({ 'viewservice/rules.ts': 'b' });
});

test.each([
  [
    { 'a/viewservice/rules.ts': 'a', 'b/viewservice/rules.ts': 'b' },
    'it has student files in both a/ and b/, which differ: hand in one',
  ],
  [{ 'viewservice/Rules.ts': 'a', 'viewservice/RULES.ts': 'b' }, 'it has both viewservice/'],
  [
    { 'a/client/clerk.ts': 'a', 'b/client/clerk.ts': 'a', 'b/client/retry.ts': 'b' },
    'it has student files in both a/ and b/, which differ: hand in one',
  ],
  [
    { 'client/clerk.ts': 'a', 'client/1/2/3/4/5/x.ts': 'b' },
    'client/1/2/3/4/5/x.ts cannot be taken along: expected at most 4 folders in each other',
  ],
  [{ 'client/clerk.ts': 'a', 'client/a*b.ts': 'b' }, 'client/a*b.ts cannot be taken along'],
  [{ 'client/clerk.ts': 'a', 'Client/X.ts': 'b', 'CLIENT/X.ts': 'c' }, 'it has both '],
  [{ 'server.ts': 'nothing', 'x.ts': '' }, 'none of the student files'],
  [{ 'essay.docx': 'a', 'src/b.txt': 'b' }, '; it has essay.docx, src/b.txt'],
])('%j leave a doubt, which is told', async (files, message) => {
  await expect(read(files)).rejects.toThrow(message);
});

test('too many modules, or too large ones together, are refused', async () => {
  const many = Array.from({ length: 150 }, (_, i) => [`client/${i}.ts`, 'x']);
  const clerk = { 'client/clerk.ts': 'a' };
  await expect(read({ ...clerk, ...Object.fromEntries(many) })).rejects.toThrow(
    'it has 151 modules in viewservice, pbservice, client, at most 150 are taken',
  );
  rmSync(path.join(folder, 'alice'), { recursive: true });
  const large = Array.from({ length: 9 }, (_, i) => [`client/${i}.ts`, ' '.repeat(2 ** 20)]);
  await expect(read({ ...clerk, ...Object.fromEntries(large) })).rejects.toThrow(
    'its modules have more than 8388608 bytes together',
  );
});
