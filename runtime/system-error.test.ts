import { mkdirSync, readdirSync } from 'node:fs';
import { systemSentence, WriteError } from './system-error';

function errorOf(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

test('what the system refuses is a sentence that names what and why', () => {
  expect(systemSentence(errorOf(() => mkdirSync(`${__filename}/a`)))).toBe(
    `cannot make the folder ${__filename}/a: not a directory (ENOTDIR)`,
  );
  expect(systemSentence(errorOf(() => readdirSync('/nowhere/at/all')))).toBe(
    'cannot read the folder /nowhere/at/all: no such file or directory (ENOENT)',
  );
});

test('a file that cannot be written is named though the system does not name it', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    ...{ code: 'ENOSPC', errno: -28, syscall: 'write' },
  });
  expect(systemSentence(new WriteError('class.csv', full))).toBe(
    'cannot write class.csv: no space left on device (ENOSPC)',
  );
});

test('anything else is none of it', () => {
  expect(systemSentence(new Error('a bug'))).toBeUndefined();
  expect(systemSentence(undefined)).toBeUndefined();
  expect(systemSentence(Object.assign(new Error(), { code: 'ERR_INVALID_ARG' }))).toBeUndefined();
});
