/** Hand-ins in all the forms in which they come. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { create } from 'tar';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { readHandIn } from './read';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-read-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, text = `text of ${file}`): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

/** The files of the folder `source` in an archive. */
async function archived(name: string): Promise<string> {
  const file = path.join(folder, name);
  if (name.endsWith('.zip')) {
    const names = ['lab/viewservice/rules.ts', 'lab/client/clerk.ts', 'lab/README.md'];
    const contents = names.map((each) => [each, readFileSync(path.join(folder, 'source', each))]);
    writeFileSync(file, zipSync(Object.fromEntries(contents)));
  } else {
    await create({ file, gzip: !name.endsWith('.tar'), cwd: path.join(folder, 'source') }, ['lab']);
  }
  return file;
}

test.each(['a.tar', 'a.tar.gz', 'a.TGZ', 'a.zip'])('%s', async (name) => {
  for (const file of ['viewservice/rules.ts', 'client/clerk.ts', 'README.md']) {
    put(`source/lab/${file}`, `text of ${file}`);
  }
  const files = await readHandIn(await archived(name));
  expect([...files.keys()].sort()).toEqual(['client/clerk.ts', 'viewservice/rules.ts']);
  expect(files.get('client/clerk.ts')?.toString()).toBe('text of client/clerk.ts');
});

test('a folder, at its top or a little below', async () => {
  put('top/viewservice/rules.ts');
  put('top/node_modules/x/viewservice/server.ts');
  put('top/backup/old/viewservice/server.ts');
  put('below/alice/lab/viewservice/rules.ts');
  expect([...(await readHandIn(`${folder}/top`)).keys()]).toEqual(['viewservice/rules.ts']);
  expect([...(await readHandIn(`${folder}/below`)).keys()]).toEqual(['viewservice/rules.ts']);
});

test('links are not followed, in a folder or in an archive', async () => {
  put('secret', 'mine');
  mkdirSync(path.join(folder, 'source/lab/viewservice'), { recursive: true });
  symlinkSync(path.join(folder, 'secret'), path.join(folder, 'source/lab/viewservice/rules.ts'));
  const message =
    'viewservice/rules.ts is a link, which is not followed: hand in viewservice/rules.ts';
  await expect(readHandIn(`${folder}/source`)).rejects.toThrow(message);
  await expect(readHandIn(await archived('a.tgz'))).rejects.toThrow(message);
  symlinkSync(path.join(folder, 'source'), path.join(folder, 'link'));
  await expect(readHandIn(`${folder}/link`)).rejects.toThrow(
    'link is a link, which is not followed',
  );
});

describe('what is no hand-in is an error that says why', () => {
  test('nothing there', async () => {
    await expect(readHandIn(`${folder}/nowhere`)).rejects.toThrow('nowhere, which is not there');
  });

  test('another kind of file', async () => {
    put('essay.pdf');
    await expect(readHandIn(`${folder}/essay.pdf`)).rejects.toThrow(
      'essay.pdf is a single file: expected the folder of a hand-in, or a .tar, .tar.gz or .zip file',
    );
  });

  test('without student files', async () => {
    put('empty/README.md');
    await expect(readHandIn(`${folder}/empty`)).rejects.toThrow(
      'has none of the student files: viewservice/rules.ts',
    );
  });

  test('two hand-ins', async () => {
    put('both/one/viewservice/rules.ts');
    put('both/two/viewservice/rules.ts', 'another');
    await expect(readHandIn(`${folder}/both`)).rejects.toThrow(
      'in both one/ and two/, which differ: hand in one',
    );
  });

  test('a file that is far too large', async () => {
    put('source/lab/viewservice/rules.ts', ' '.repeat(2 ** 20 + 1));
    const message = 'viewservice/rules.ts has 1048577 bytes';
    await expect(readHandIn(`${folder}/source`)).rejects.toThrow(message);
    await expect(readHandIn(await archived('a.tar'))).rejects.toThrow(message);
  });

  test.each(['a.tar.gz', 'a.zip'])('%s that is cut short', async (name) => {
    for (const file of ['viewservice/rules.ts', 'client/clerk.ts', 'README.md']) {
      put(`source/lab/${file}`, file.repeat(1_000));
    }
    const file = await archived(name);
    truncateSync(file, 150);
    await expect(readHandIn(file)).rejects.toThrow('cannot be read as a hand-in: ');
  });
});
