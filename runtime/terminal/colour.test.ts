import { painterFor, wantsColour } from './colour';

const terminal = { isTTY: true };
const pipe = { isTTY: false };

test.each([
  ['a terminal', terminal, {}, true],
  ['a pipe', pipe, {}, false],
  ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['a terminal with NO_COLOR empty, which does not count', terminal, { NO_COLOR: '' }, true],
  ['a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, true],
  ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR against NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ['a terminal that knows no colour', terminal, { TERM: 'dumb' }, false],
])('%s', (_name, stream, env, expected) => {
  expect(wantsColour(stream, env)).toBe(expected);
});

test('paints, or leaves the text as it is', () => {
  expect(painterFor(terminal, {})('red', 'no')).toBe('\x1b[31mno\x1b[39m');
  expect(painterFor(pipe, {})('red', 'no')).toBe('no');
});
