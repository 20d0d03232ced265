/** Refusals of the operating system, in a sentence instead of a stack: they are nobody's bug. */
import { getSystemErrorMap } from 'node:util';
import { messageOf } from './errors';

/** The errors whose reason is the disk, the rights of a user or the limits of the machine. */
const refusals: ReadonlySet<string> = new Set([
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO', 'EACCES', 'EPERM', 'EBUSY', 'ETXTBSY'],
  ...['EMFILE', 'ENFILE', 'ENAMETOOLONG', 'ELOOP', 'ENOTDIR', 'EISDIR', 'ENOENT', 'EEXIST'],
]);

/** A file that could not be written: one sentence says which, and why. */
export class WriteError extends Error {
  override readonly name = 'WriteError';

  constructor(file: string, cause: unknown) {
    super(`cannot write ${file}: ${reasonOf(cause) ?? messageOf(cause)}`, { cause });
  }
}

/** The sentence about something that the system refused; undefined: it is another kind of error. */
export function systemSentence(error: unknown): string | undefined {
  if (error instanceof WriteError) return error.message;
  const { syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = reasonOf(error);
  if (reason === undefined || syscall === undefined) return undefined;
  return `cannot ${verbs.get(syscall) ?? syscall}${path === undefined ? '' : ` ${path}`}: ${reason}`;
}

const verbs = new Map([
  ['mkdir', 'make the folder'],
  ['mkdtemp', 'make the folder'],
  ['scandir', 'read the folder'],
  ['unlink', 'remove'],
  ['rmdir', 'remove the folder'],
  ['rm', 'remove'],
]);

/** "no space left on device (ENOSPC)". */
function reasonOf(error: unknown): string | undefined {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code !== 'string' || !refusals.has(code)) return undefined;
  const [, words] = getSystemErrorMap().get(errno ?? 0) ?? [];
  return words === undefined ? code : `${words} (${code})`;
}
