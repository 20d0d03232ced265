/** Text that the cluster prints may have been typed, stored or thrown by anybody: it steers no terminal. */
import { Screen } from './screen';

const evil = '\u001b[2J\u009b\u202ex\ty';
const shown = '\\u001b[2J\\u009b\\u202ex';

test('control characters are quoted, whoever said them, and lines stay lines', () => {
  const printed: string[] = [];
  const noted: string[] = [];
  const screen = new Screen(
    (text) => printed.push(text),
    (_style, text) => text,
    ({ text }) => noted.push(text),
  );
  screen.say(`${evil}\nsecond`);
  screen.news(evil);
  screen.result(evil, '1 ms');
  screen.command(evil, 'page');
  screen.member('s1', evil, new Map());
  screen.member('s1', { type: 'log', event: evil, fields: {} }, new Map());
  expect(printed.join('')).not.toMatch(/[^\P{C}\n]/u);
  expect(noted.join('')).not.toMatch(/[^\P{C}\n]/u);
  for (const text of printed) expect(text).toContain(shown);
  expect(printed[0]).toMatch(/\nsecond$/);
});
