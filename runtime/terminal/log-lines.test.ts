import { clock, type LogLine, logWriter, parseLogLine } from './log-lines';

const line: LogLine = { type: 'log', event: 'acknowledged', fields: { viewnum: 2 } };

function written(format: 'words' | 'json', said: LogLine): string {
  let text = '';
  logWriter(format, { write: (piece) => (text += piece) })(said);
  return text;
}

test('in words: the time and a sentence', () => {
  expect(written('words', line)).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} the primary has acknowledged view 2\n$/,
  );
});

test('what a solution logs steers no terminal', () => {
  const said: LogLine = { type: 'log', event: 'stored', fields: { key: '\u001b[2J\u009b' } };
  expect(written('words', said)).toMatch(/ stored key=\\u001b\[2J\\u009b\n$/);
  expect(written('json', said)).not.toContain('\u009b');
  expect(parseLogLine(written('json', said))).toEqual(said);
});

test('as JSON it comes back as what it was', () => {
  expect(parseLogLine(written('json', line))).toEqual(line);
});

test.each(['', 'hello', '7', 'null', '{"type":"other"}', '{"type":'])(
  'what a program prints besides is no log line: %s',
  (text) => {
    expect(parseLogLine(text)).toBeUndefined();
  },
);

test('the clock has milliseconds', () => {
  expect(clock(new Date(2024, 0, 1, 7, 5, 3, 9))).toBe('07:05:03.009');
});
