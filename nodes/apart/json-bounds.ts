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

/** Each character is looked at once. Text that is no JSON is left to the parser. */
export function excessIn(
  text: string,
  { maxDepth, maxParts }: Bounds,
  onDone?: OnDone,
): 'depth' | 'parts' | undefined {
  // Most messages are far too short for either.
  if (text.length <= maxDepth) return undefined;
  let depth = 0;
  let parts = 0;
  let inString = false;
  let excess: 'depth' | 'parts' | undefined;
  let i = 0;
  for (; i < text.length && excess === undefined; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === backslash) i += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) {
      inString = true;
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
  onDone?.(i);
  return excess;
}
