/** Differences between operating systems stand in one place each, so that one sentence can be said about them. */
import { isTest, sources, textOf } from './sources.testing';

test.each([
  // Nobody but the walls around hand-ins, which Windows does not have, ends whole groups.
  ['detached: ', [/^runtime\/terminal\/processes\.ts$/, /^(nodes\/apart|grading)\//]],
  ["'SIGSTOP'", [/^runtime\/terminal\/processes\.ts$/, /^(nodes\/apart|grading)\//]],
  ["'SIGCONT'", [/^runtime\/terminal\/processes\.ts$/, /^(nodes\/apart|grading)\//]],
  // The cache of compiled files is loaded before any TypeScript is.
  [
    '.renameSync(',
    [/^runtime\/replace-file\.ts$/, /^runtime\/[\w-]+\.cjs$/, /^scripts\/[\w-]+\.cjs$/],
  ],
])('%s', (text, places) => {
  const found = sources().filter((file) => !isTest(file) && textOf(file).includes(text));
  expect(found).not.toEqual([]);
  expect(found.filter((file) => !places.some((place) => place.test(file)))).toEqual([]);
});
