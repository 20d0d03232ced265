import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './temporary-folder';
import { readText } from './text-file';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-text-');
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(content: string | Buffer): string {
  writeFileSync(path.join(folder, 'a.ts'), content);
  return readText(path.join(folder, 'a.ts'));
}

test('line ends are plain, and there is no byte order mark', () => {
  expect(read('\uFEFFa\r\nb\rc\n\r\nd')).toBe('a\nb\nc\n\nd');
});

test.each([
  ['UTF-16', Buffer.from('const a = 1;', 'utf16le')],
  ['Latin-1', Buffer.from('// für', 'latin1')],
])('%s is refused, with the name of the file', (_name, content) => {
  expect(() => read(content)).toThrow(/a\.ts: expected UTF-8, got another encoding/);
});
