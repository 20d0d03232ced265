/**
 * Writes a file so that whoever reads it finds the old text or the new one, whole: to a temporary
 * file, which takes its place. Windows refuses that while somebody has the old one open.
 */
import fs from 'node:fs';
import { WriteError } from './system-error';

/** Milliseconds between two tries, and how many there are: virus scanners and editors let go soon. */
const pauseMs = 20;
const maxTries = 50;

/** The error codes of Windows while somebody has the file open. */
const inUse: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** Throws a WriteError when it cannot; then nothing of the new text is left behind. */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    // Flushed, so that a name never stands for a text that a full disk or a crash has cut short.
    fs.writeFileSync(temporary, content, { flush: true });
    rename(temporary, file);
  } catch (error) {
    remove(temporary);
    throw new WriteError(file, error);
  }
}

function remove(temporary: string): void {
  try {
    fs.rmSync(temporary, { force: true });
  } catch {
    // The temporary file was never there: the first error tells the reason.
  }
}

function rename(from: string, to: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (process.platform !== 'win32' || !inUse.has(code) || tries >= maxTries) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}
