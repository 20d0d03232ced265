import { decodeText } from './text';

const source = '/** 主备复制 */\nexport const a = 1;\n';
const read = (bytes: Buffer) => decodeText(bytes, 'viewservice/rules.ts');
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();

test.each([
  ['UTF-8', Buffer.from(source)],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${source}`)],
  ['line ends of Windows', Buffer.from(source.replaceAll('\n', '\r\n'))],
  ['UTF-16 of Windows', Buffer.from(`\uFEFF${source}`, 'utf16le')],
  ['UTF-16 without a mark', Buffer.from(source, 'utf16le')],
  ['UTF-16, big-endian', swapped(Buffer.from(`\uFEFF${source}`, 'utf16le'))],
  ['UTF-16, big-endian, without a mark', swapped(Buffer.from(source, 'utf16le'))],
  [
    'GBK',
    Buffer.concat([
      Buffer.from('/** '),
      Buffer.from('d6f7b1b8b8b4d6c6', 'hex'),
      Buffer.from(source.slice(source.indexOf(' */'))),
    ]),
  ],
])('%s is taken', (_name, bytes) => {
  expect(read(bytes)).toBe(source);
});

test('so are accents of one byte, and nothing at all', () => {
  expect(read(Buffer.from('// für\n', 'latin1'))).toBe('// für\n');
  expect(read(Buffer.alloc(0))).toBe('');
});

test.each([
  ['shift-jis or gbk', Buffer.from('// \x8c\xea\x8c\xea x\n', 'latin1')],
  ['half a UTF-16', Buffer.from('fffe4100d8', 'hex')],
])('%s is refused, with what to do', (_name, bytes) => {
  expect(() => read(bytes)).toThrow(
    'viewservice/rules.ts is in an encoding that cannot be told for certain: save it as UTF-8',
  );
});

test('what is no text is called so', () => {
  expect(() => read(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]))).toThrow('is no text');
});
