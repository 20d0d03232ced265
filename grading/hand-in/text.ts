/** Texts in the encodings in which editors save them. */
import { withPlainLineEnds } from '../../runtime/text-file';

/** Chinese as it was written before UTF-8: all its characters are two bytes above this. */
const gb2312 = /^(?:[\0-\x7f]|[\xa1-\xf7][\xa1-\xfe])*$/;
/** Letters with accents in texts of one byte a letter stand between plain ones. */
const westernLetters = /^(?:[\0-\x7f]|[\xa0-\xff](?![\x80-\xff]))*$/;

/**
 * The text, with LF at the end of each line. `name` is for the Error that says what is wrong when it is
 * no text, or could be in more than one encoding.
 */
export function decodeText(bytes: Buffer, name: string): string {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) {
    throw new Error(`${name} is in an encoding that cannot be told for certain: save it as UTF-8`);
  }
  const text = new TextDecoder(encoding).decode(bytes);
  if (text.includes('\0')) throw new Error(`${name} is no text: hand in the TypeScript file`);
  return withPlainLineEnds(text);
}

function encodingOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return even(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return even(bytes, 'utf-16be');
  if (decodes(bytes, 'utf-8') && !bytes.includes(0)) return 'utf-8';
  // Code is plain letters, each of which has a zero beside it in UTF-16.
  if (zerosAt(bytes, 1) > bytes.length / 4 && zerosAt(bytes, 0) === 0)
    return even(bytes, 'utf-16le');
  if (zerosAt(bytes, 0) > bytes.length / 4 && zerosAt(bytes, 1) === 0)
    return even(bytes, 'utf-16be');
  if (bytes.includes(0)) return 'latin1';
  const raw = bytes.toString('latin1');
  if (gb2312.test(raw)) return 'gbk';
  return westernLetters.test(raw) ? 'windows-1252' : undefined;
}

function even(bytes: Buffer, encoding: string): string | undefined {
  return decodes(bytes, encoding) ? encoding : undefined;
}

function decodes(bytes: Buffer, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** How many zero bytes there are at even places (`offset` 0) or at odd ones (1). */
function zerosAt(bytes: Buffer, offset: 0 | 1): number {
  let count = 0;
  for (let i = offset; i < bytes.length; i += 2) if (bytes[i] === 0) count += 1;
  return count;
}
