import { parseHistory, readHistory } from './history-reader';
import { DEFAULT_LIMITS, HistoryError, type ModelName } from './model/history';

const event = (fields: string) => `{"process":1,"type":"invoke","f":"put","key":"x",${fields}}`;
const put = event('"value":"1"');
const write = (value: string) => `{"process":1,"type":"invoke","f":"write","value":${value}}`;

async function* pieces(bytes: Buffer, size = 7): AsyncGenerator<Uint8Array> {
  // The memory is used again for the next piece, as readers of files do.
  const memory = Buffer.alloc(size);
  for (let start = 0; start < bytes.length; start += size) {
    yield memory.subarray(0, bytes.copy(memory, 0, start, start + size));
  }
}

/** The outcome of reading bytes in pieces, which must be that of reading them at once. */
async function errorOf(bytes: Buffer, model: ModelName = 'kv', limits = DEFAULT_LIMITS) {
  const outcomes = await Promise.all(
    [1, 7, 1 << 20].map(async (size) => {
      try {
        await readHistory(pieces(bytes, size), model, limits);
        return 'no error';
      } catch (error) {
        if (error instanceof HistoryError) return error.message;
        throw error;
      }
    }),
  );
  expect(new Set(outcomes).size).toBe(1);
  return outcomes[0] ?? '';
}

describe('bytes', () => {
  const text = [put, put.replace('invoke', 'ok'), event('"value":"größer 日本 🙂"')].join('\n');

  test.each([
    ['as they come', text],
    ['with line ends of Windows', `${text.replaceAll('\n', '\r\n')}\r\n`],
    ['with a byte order mark', `\uFEFF${text}`],
    ['with blank lines at the end', `${text}\n \n\n`],
  ])('%s', async (_, written) => {
    for (const size of [1, 2, 7, 1_000]) {
      const operations = await readHistory(pieces(Buffer.from(written), size), 'kv');
      expect(operations).toEqual(parseHistory(text, 'kv'));
    }
  });

  test.each<[string, Buffer, string]>([
    [
      'that are not UTF-8',
      Buffer.concat([
        Buffer.from(`${put}\n${event('"value":"')}`.slice(0, -1)),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}\n'),
      ]),
      'line 2: expected text in UTF-8, got 0xff as byte 59 of the line',
    ],
    [
      'of UTF-16',
      Buffer.from(`\uFEFF${put}\n`, 'utf16le'),
      'line 1: expected text in UTF-8, got text in UTF-16, byte order mark fffe',
    ],
    [
      'of UTF-16 without a mark',
      Buffer.from(`${put}\n`, 'utf16le'),
      'line 1: expected an event in JSON: a name in double quotes at column 2, got \\u0000"\\u0000',
    ],
    ['of nothing', Buffer.alloc(0), 'line 1: expected at least one event, got an empty history'],
    [
      'of which the last are missing',
      Buffer.from(`${put}\n${put.slice(0, 34)}`),
      'line 2: expected an event in JSON: a string that ends with double quotes at column 34, got ", where the file ends without a line end: is it cut short?',
    ],
  ])('%s are refused', async (_, bytes, message) => {
    expect((await errorOf(bytes)).slice(0, message.length)).toBe(message);
  });

  test('the character that stands for others may itself be written', async () => {
    const [operation] = await readHistory(pieces(Buffer.from(event('"value":"\uFFFD"'))), 'kv');
    expect(operation).toMatchObject({ value: '\uFFFD' });
  });

  test('beyond the limits are refused before they are all there', async () => {
    let given = 0;
    async function* endless(piece: string): AsyncGenerator<Uint8Array> {
      for (; ; given++) yield Buffer.from(piece);
    }
    const limits = { maxSizeBytes: 100_000, maxLineBytes: 10_000, maxOperations: 1e6 };
    const other = put.replace('"process":1', '"process":"1"').replace('invoke', 'info');
    const lines = `${put}\n${put.replace('invoke', 'info')}\n`;
    await expect(readHistory(endless(lines), 'kv', limits)).rejects.toThrow(
      /^line 1\d{3}: expected at most 100000 bytes in a history, got more; each key/,
    );
    await expect(readHistory(endless('x'.repeat(1_000)), 'kv', limits)).rejects.toThrow(
      'line 1: expected at most 10000 bytes in a line, got 11000 bytes',
    );
    await expect(readHistory(endless(`${other}\n`), 'kv', limits)).rejects.toThrow(/^line 1: /);
    expect(given).toBeLessThan(2_000);
  });
});

describe('what JSON.parse would lose is refused', () => {
  test.each<[string, string, string]>([
    ['a number too large', write('1e999'), '1e999, which a 64-bit float does not hold'],
    ['a number beside another', write('9007199254740993'), '9007199254740993, which a 64-bit'],
    ['a number too long', write('0.10000000000000001'), '0.10000000000000001, which a 64-bit'],
    ['a number too small', write('1e-999'), '1e-999, which a 64-bit float does not hold'],
    ['a number beside another, in a cas', '', '[null,9007199254740993, which'],
    ['a value nested very deep', write('['.repeat(20_000)), '[['],
    ['a value nested and closed', write('['.repeat(2e4) + ']'.repeat(2e4)), '[['],
  ])('%s', async (_, line, got) => {
    const cas = '{"process":1,"type":"invoke","f":"cas","value":[null,9007199254740993]}';
    const message = await errorOf(Buffer.from(line || cas), 'register');
    expect(message).toMatch(/^line 1: expected /);
    expect(message).toContain(`got ${got}`);
    expect(message.length).toBeLessThan(400);
  });

  test.each([
    ['a name that is there twice', event('"value":"1","value":"2"'), 51 + 12],
    ['the same, once escaped', event('"value":"1","valu\\u0065":"2"'), 51 + 12],
    ['the same with the same value', event('"value":"1", "value":"1"'), 51 + 13],
    ['in a field that is not looked at', event('"value":"1","more":[{"a":1,"a":1}]'), 51 + 27],
  ])('%s', async (_, line, column) => {
    expect(await errorOf(Buffer.from(line))).toContain(
      `each name once at column ${column - 1}, got`,
    );
  });
});

describe('what is kept as it is', () => {
  test.each<[string, unknown]>([
    ['0.1', 0.1],
    ['1.0', 1],
    ['10e-1', 1],
    ['-0', 0],
    ['9007199254740992', 9007199254740992],
    ['1e23', 1e23],
    ['"\\ud800"', '\ud800'],
    [' "\\u0041" ', 'A'],
  ])('%s', (written, value) => {
    const [operation] = parseHistory(write(written), 'register');
    expect(operation).toMatchObject({ value });
  });

  test('a number in a field that is not looked at', () => {
    const line = event('"value":"1","time":1700000000000000001');
    expect(parseHistory(line, 'kv')).toHaveLength(1);
  });
});
