/** Texts of the project, which are the same whatever an editor or git made of their line ends. */
import { readFileSync } from 'node:fs';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a file, with LF at the end of each line and without a byte order mark. Throws an Error
 * that names the file when it is not there, or is not UTF-8.
 */
export function readText(file: string): string {
  const bytes = readFileSync(file);
  try {
    const text = decoder.decode(bytes);
    // UTF-16 of plain English is UTF-8, too: with a zero in each letter.
    if (!text.includes('\0')) return withPlainLineEnds(text);
  } catch {
    // Said below.
  }
  throw new Error(`${file}: expected UTF-8, got another encoding: save it as UTF-8`);
}

/** Line ends of Windows (CR LF) and of old Macs (CR) as LF. */
export function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
