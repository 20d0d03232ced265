/** Looks at JSON text before it is parsed: what is nested too deep or has too many parts never is. */

export interface Bounds {
  readonly maxDepth: number;
  /** Values, names and separators: what a parser makes objects of. */
  readonly maxParts: number;
}

/** Told how many characters were looked at. */
export type OnDone = (steps: number) => void;

const [quote, backslash] = ['"', '\\'].map((text) => text.charCodeAt(0));
const [comma, opening, brace, closing, closingBrace] = [...',[{]}'].map((c) => c.charCodeAt(0));

/** Each character is looked at once, those of texts up to three times. Text that is no JSON is left to the parser. */
export function excessIn(
  text: string,
  { maxDepth, maxParts }: Bounds,
  onDone?: OnDone,
): 'depth' | 'parts' | undefined {
  // Most messages are far too short for either.
  if (text.length <= maxDepth) return undefined;
  const strings = new Strings(text);
  let depth = 0;
  let parts = 0;
  let excess: 'depth' | 'parts' | undefined;
  let i = 0;
  for (; i < text.length && excess === undefined; i += 1) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      i = strings.endOf(i + 1);
    } else if (code === opening || code === brace) {
      depth += 1;
      parts += 1;
      if (depth > maxDepth) excess = 'depth';
    } else if (code === closing || code === closingBrace) {
      depth -= 1;
    } else if (code === comma) {
      parts += 1;
    }
    if (parts > maxParts) excess = 'parts';
  }
  onDone?.(i + strings.steps);
  return excess;
}

/** A string of so many characters is not gone through one by one. */
const shortString = 256;

/** Finds where strings end. */
class Strings {
  /** How many characters were searched. */
  steps = 0;
  private readonly text: string;
  /** The next of each: one that was found far away is not searched again. */
  private nextQuote = -1;
  private nextBackslash = -1;

  constructor(text: string) {
    this.text = text;
  }

  /** The position of the closing quote of a string, or the length of the text. */
  endOf(start: number): number {
    const { text } = this;
    let i = start;
    for (const long = start + shortString; i < long; i += 1) {
      const code = text.charCodeAt(i);
      if (code === backslash) i += 1;
      else if (code === quote) return i;
    }
    for (;;) {
      if (this.nextQuote < i) this.nextQuote = this.find('"', i);
      if (this.nextBackslash < i) this.nextBackslash = this.find('\\', i);
      if (this.nextQuote <= this.nextBackslash) return this.nextQuote;
      i = this.nextBackslash + 2;
    }
  }

  private find(mark: string, from: number): number {
    const at = this.text.indexOf(mark, from);
    const found = at < 0 ? this.text.length : at;
    this.steps += Math.max(0, found - from);
    return found;
  }
}
