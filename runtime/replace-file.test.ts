import fs from 'node:fs';
import path from 'node:path';
import { replaceFile } from './replace-file';
import { temporaryFolder } from './temporary-folder';

const { platform } = process;
let folder: string;

beforeEach(() => {
  folder = temporaryFolder('viewlab-replace-');
});
afterEach(() => {
  jest.restoreAllMocks();
  Object.defineProperty(process, 'platform', { value: platform });
  fs.rmSync(folder, { recursive: true, force: true });
});

/** As Windows does it while somebody has the file open, for so many tries. */
function refuseRenames(times: number): jest.SpyInstance {
  Object.defineProperty(process, 'platform', { value: 'win32' });
  const { renameSync } = fs;
  return jest.spyOn(fs, 'renameSync').mockImplementation((...args) => {
    times -= 1;
    if (times >= 0) throw Object.assign(new Error('EPERM: not permitted'), { code: 'EPERM' });
    renameSync(...args);
  });
}

test('the new text takes the place of the old one, and nothing else is left', () => {
  const file = path.join(folder, 'report.json');
  replaceFile(file, 'old');
  replaceFile(file, 'new');
  expect(fs.readFileSync(file, 'utf8')).toBe('new');
  expect(fs.readdirSync(folder)).toEqual(['report.json']);
});

test('a file that somebody has open on Windows is replaced when it is free', () => {
  const file = path.join(folder, 'report.json');
  fs.writeFileSync(file, 'old');
  const rename = refuseRenames(3);
  replaceFile(file, 'new');
  expect(rename).toHaveBeenCalledTimes(4);
  expect(fs.readFileSync(file, 'utf8')).toBe('new');
});

test('one that stays open keeps its text; the error is told, and no temporary file is left', () => {
  const file = path.join(folder, 'report.json');
  fs.writeFileSync(file, 'old');
  refuseRenames(Number.POSITIVE_INFINITY);
  expect(() => replaceFile(file, 'new')).toThrow('EPERM');
  expect(fs.readFileSync(file, 'utf8')).toBe('old');
  expect(fs.readdirSync(folder)).toEqual(['report.json']);
});

test('what cannot be written leaves nothing behind', () => {
  const file = path.join(folder, 'a folder');
  fs.mkdirSync(file);
  expect(() => replaceFile(file, 'new')).toThrow(/EISDIR|EPERM|ENOTEMPTY/);
  expect(fs.readdirSync(folder)).toEqual(['a folder']);
});
