/**
 * `process.exit` throws away what a pipe has not taken yet of what was printed: programs end by
 * `runMain` and `endProcess` of `runtime/terminal/exit.ts`, which wait for that.
 */
import { isTest, sources, textOf } from './sources.testing';

/** Who ends a process by itself all the same, and why nothing is lost. */
const exceptions: Readonly<Record<string, string>> = {
  'runtime/terminal/exit.ts': 'the one place',
  'scripts/run.cjs': 'plain JavaScript, before TypeScript can be read: one line on standard error',
  'scripts/ensure-installed.cjs': 'plain JavaScript, before anything is installed: one line',
  'scripts/install.cjs': 'ended by a signal while it waits, with nothing to say',
  'scripts/node-range.cjs': 'plain JavaScript, for a Node that runs nothing else: one line',
  'nodes/apart/node-process.ts':
    'keeps the function before code of students runs; it writes by blocking calls',
};

const ending =
  /\bprocess\s*(\.|\[\s*['"`])\s*(exit|reallyExit|abort)\b(?!`)|\bexit\b[^;]*=\s*process\b/;

function endsProcess(file: string): boolean {
  return ending.test(textOf(file));
}

test('nothing ends a process but the one place made for it', () => {
  const files = sources().filter((file) => !isTest(file));
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => endsProcess(file) && !(file in exceptions))).toEqual([]);
});

test.each(Object.keys(exceptions))('%s is an exception still', (file) => {
  expect(endsProcess(file)).toBe(true);
});

test.each([
  ['process.exit(1)', true],
  ["process['exit'](1)", true],
  ['const { exit } = process;', true],
  ['process.abort()', true],
  ['process.exitCode = 1', false],
])('%s: %s', (code, isEnding) => {
  expect(ending.test(code)).toBe(isEnding);
});
