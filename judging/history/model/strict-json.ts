/**
 * JSON of which nothing gets lost. `JSON.parse` keeps the last of two fields with one name and rounds
 * numbers, both in silence, and a verdict must not rest on what was read so.
 */

/** A number that a 64-bit float cannot tell from its neighbours; as it is written. */
export class LossyNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A text that is not JSON, or says something twice, and where. */
export class JsonFault extends Error {
  /** In UTF-16 code units, from 1. */
  readonly column: number;
  readonly expected: string;
  /** The text from that column on; empty: nothing more. */
  readonly rest: string;

  constructor(expected: string, text: string, position: number) {
    super(`expected ${expected} at column ${position + 1}`);
    this.name = 'JsonFault';
    this.column = position + 1;
    this.expected = expected;
    this.rest = text.slice(position);
  }
}

const maxDepth = 32;
/** Characters of a number. None that a float holds needs more, but for zeros. */
const maxNumberLength = 400;
/** Characters of a text that regular expressions look at: they need memory for each. */
const longestCompared = 65_536;

const stringOrSpaces = /("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+/g;
const jsonNumber = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const spaces = /[ \t\r\n]*/y;

/**
 * Reads a text.
 *
 * @throws {JsonFault} if it is not JSON, an object has a name twice, or it is nested too deep
 */
export function parseStrictly(text: string): unknown {
  const plain = parsedPlainly(text);
  return plain === undefined ? new StrictReader(text).read() : plain;
}

/** Whether it could be nested too deep, which the language itself does not mind from Node 26 on. */
function mayBeDeep(text: string): boolean {
  let opened = 0;
  for (let i = 0; i < text.length && opened <= maxDepth; i += 1) {
    if (text[i] === '[' || text[i] === '{') opened += 1;
  }
  return opened > maxDepth;
}

/** The value that the language reads, if writing it again gives the same text: then nothing was lost. */
function parsedPlainly(text: string): unknown {
  if (mayBeDeep(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const again = JSON.stringify(value);
    return again === text || again === withoutSpaces(text) ? value : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

/** The same without what stands between strings and means nothing; of long texts, as they are. */
function withoutSpaces(text: string): string {
  return text.length > longestCompared ? text : text.replace(stringOrSpaces, '$1');
}

class StrictReader {
  private readonly text: string;
  private position = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): unknown {
    const value = this.value(0);
    this.skipSpace();
    if (this.position < this.text.length) throw this.fault('the end of the line');
    return value;
  }

  private value(depth: number): unknown {
    this.skipSpace();
    switch (this.text[this.position]) {
      case '{':
        return this.object(depth + 1);
      case '[':
        return this.array(depth + 1);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): object {
    const fields = new Map<string, unknown>();
    this.list(depth, '}', () => {
      const start = this.position;
      if (this.text[start] !== '"') throw this.fault('a name in double quotes');
      const name = this.string();
      if (fields.has(name)) throw this.fault('each name once', start);
      this.skipSpace();
      if (this.text[this.position++] !== ':') throw this.fault('":"', this.position - 1);
      fields.set(name, this.value(depth));
    });
    return Object.fromEntries(fields);
  }

  private array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.list(depth, ']', () => items.push(this.value(depth)));
    return items;
  }

  /** Reads from the opening bracket to the closing one. */
  private list(depth: number, end: '}' | ']', item: () => void): void {
    if (depth > maxDepth) throw this.fault(`at most ${maxDepth} brackets in each other`);
    this.position++;
    this.skipSpace();
    if (this.text[this.position] === end) {
      this.position++;
      return;
    }
    for (;;) {
      this.skipSpace();
      item();
      this.skipSpace();
      const next = this.text[this.position++];
      if (next === end) return;
      if (next !== ',') throw this.fault(`"," or "${end}"`, this.position - 1);
    }
  }

  private string(): string {
    const start = this.position;
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) throw this.fault('a string that ends with double quotes');
    } while (this.slashesBefore(end) % 2 === 1);
    this.position = end + 1;
    try {
      return JSON.parse(this.text.slice(start, end + 1));
    } catch {
      throw this.fault('a string as JSON has it, its control characters escaped', start);
    }
  }

  private slashesBefore(position: number): number {
    let count = 0;
    while (this.text[position - 1 - count] === '\\') count++;
    return count;
  }

  private number(): number | LossyNumber {
    jsonNumber.lastIndex = this.position;
    const written = jsonNumber.exec(this.text)?.[0];
    if (written === undefined) throw this.fault('a value');
    this.position += written.length;
    return isHeld(written) ? Number(written) + 0 : new LossyNumber(written);
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.position)) throw this.fault('a value');
    this.position += word.length;
    return value;
  }

  private skipSpace(): void {
    spaces.lastIndex = this.position;
    spaces.test(this.text);
    this.position = spaces.lastIndex;
  }

  private fault(expected: string, position = this.position): JsonFault {
    return new JsonFault(expected, this.text, position);
  }
}

/** Whether the float nearest to a decimal number, written down again, is that number. */
function isHeld(written: string): boolean {
  if (written.length > maxNumberLength) return false;
  const nearest = Number(written);
  return Number.isFinite(nearest) && digitsOf(written) === digitsOf(String(nearest));
}

/** The same text for the same number, its sign aside: `12e-1` for 1.2 and 1.20 and 0.12e1. */
function digitsOf(written: string): string {
  const [mantissa = '', exponent = '0'] = written.replace(/^-/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return '0';
  return `${digits}e${Number(exponent) - fraction.length + all.length - digits.length}`;
}
