import {
  DEFAULT_LIMITS,
  HistoryError,
  type HistoryLimits,
  type HistoryOperation,
  type ModelName,
  Pairing,
  visibleExcerpt,
} from './model/history';
import { JsonFault, parseStrictly } from './model/strict-json';

const NEWLINE = 10;
const UTF16_MARKS = ['fffe', 'feff'];

/**
 * Reads a history from the bytes of NDJSON, piece by piece: the file itself is never in memory.
 *
 * @throws {HistoryError} at the first line that is not UTF-8, not JSON, not an event of the model, or
 *   not in its place, or that goes beyond a limit.
 */
export async function readHistory(
  bytes: AsyncIterable<Uint8Array>,
  model: ModelName,
  limits: HistoryLimits = DEFAULT_LIMITS,
): Promise<HistoryOperation[]> {
  const lines = new LineReader(model, limits);
  for await (const piece of bytes) lines.add(piece);
  return lines.end();
}

/** Reads a history from a text. */
export function parseHistory(
  text: string,
  model: ModelName,
  limits: HistoryLimits = DEFAULT_LIMITS,
): HistoryOperation[] {
  const events = new EventReader(model, limits);
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    events.take(text.slice(start, end), newline >= 0);
    start = end + 1;
  }
  return events.end();
}

/** Splits bytes into lines of text. */
class LineReader {
  private readonly limits: HistoryLimits;
  private readonly events: EventReader;
  /** The line that has begun and not ended. */
  private begun: Uint8Array[] = [];
  private begunBytes = 0;
  private sizeBytes = 0;

  constructor(model: ModelName, limits: HistoryLimits) {
    this.limits = limits;
    this.events = new EventReader(model, limits);
  }

  add(piece: Uint8Array): void {
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const whole = Buffer.concat([...this.begun, piece.subarray(0, end)]);
      this.begun = [];
      this.begunBytes = 0;
      this.takeLines(whole);
    }
    this.begin(piece.subarray(end));
    this.sizeBytes += piece.length;
    if (this.sizeBytes <= this.limits.maxSizeBytes) return;
    const expected = `at most ${this.limits.maxSizeBytes} bytes in a history`;
    const got = 'more; each key can be checked by itself, in a file of its own';
    throw new HistoryError(this.events.line + 1, expected, got);
  }

  end(): HistoryOperation[] {
    if (this.begunBytes > 0) this.events.take(this.decoded(Buffer.concat(this.begun)), false);
    return this.events.end();
  }

  private begin(piece: Uint8Array): void {
    if (piece.length === 0) return;
    // Copied: whoever reads may use the memory again.
    this.begun.push(Uint8Array.from(piece));
    this.begunBytes += piece.length;
    const { maxLineBytes } = this.limits;
    if (this.begunBytes > maxLineBytes) throw this.events.tooLong(`${this.begunBytes} bytes`);
  }

  private takeLines(whole: Buffer): void {
    for (let start = 0; start < whole.length; ) {
      const end = whole.indexOf(NEWLINE, start);
      this.events.take(this.decoded(whole.subarray(start, end)), true);
      start = end + 1;
    }
  }

  /** The text of the next line. */
  private decoded(bytes: Buffer): string {
    const text = bytes.toString();
    // Bytes that cannot be decoded become this character, which may also have been written.
    if (!text.includes('\uFFFD') || Buffer.from(text).equals(bytes)) return text;
    const line = this.events.line + 1;
    const mark = bytes.toString('hex', 0, 2);
    if (line === 1 && UTF16_MARKS.includes(mark)) {
      throw new HistoryError(line, 'text in UTF-8', `text in UTF-16, byte order mark ${mark}`);
    }
    const kept = Buffer.from(text);
    const at = bytes.findIndex((byte, index) => byte !== kept[index]);
    const got = `0x${bytes.toString('hex', at, at + 1)} as byte ${at + 1} of the line`;
    throw new HistoryError(line, 'text in UTF-8', got);
  }
}

/** Has each line become an event. */
class EventReader {
  /** How many lines it has taken. */
  line = 0;

  private readonly limits: HistoryLimits;
  private readonly pairing: Pairing;
  /** The first of the blank lines before the present one: only at the end they mean nothing. */
  private blankLine: number | undefined;

  constructor(model: ModelName, limits: HistoryLimits) {
    this.limits = limits;
    this.pairing = new Pairing(model, limits);
  }

  /** @param hasEnd whether a line end stands after it: the last line may have been cut short */
  take(line: string, hasEnd: boolean): void {
    if (line.length > this.limits.maxLineBytes) throw this.tooLong(`${line.length} characters`);
    this.line++;
    // Nothing is said by a byte order mark at the very beginning.
    const text = (this.line === 1 && line.startsWith('\uFEFF') ? line.slice(1) : line).trimEnd();
    if (text === '') {
      this.blankLine ??= this.line;
      return;
    }
    if (this.blankLine !== undefined) {
      throw new HistoryError(this.blankLine, 'an event', 'a blank line');
    }
    this.pairing.add(this.parsed(text, hasEnd));
  }

  end(): HistoryOperation[] {
    const { operations } = this.pairing;
    if (operations.length === 0) {
      throw new HistoryError(1, 'at least one event', 'an empty history');
    }
    return operations;
  }

  /** The next line is. */
  tooLong(got: string): HistoryError {
    const expected = `at most ${this.limits.maxLineBytes} bytes in a line`;
    return new HistoryError(this.line + 1, expected, got);
  }

  private parsed(text: string, hasEnd: boolean): unknown {
    try {
      return parseStrictly(text);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      const expected = `an event in JSON: ${error.expected} at column ${error.column}`;
      const got =
        error.rest === '' ? `nothing after ${visibleExcerpt(text)}` : visibleExcerpt(error.rest);
      const where = hasEnd ? '' : ', where the file ends without a line end: is it cut short?';
      throw new HistoryError(this.line, expected, got + where);
    }
  }
}
