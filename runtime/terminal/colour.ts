/** Colour in the terminal, and only there: a file or a pipe gets plain text. */

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof codes;
export type Paint = (style: Style, text: string) => string;

/**
 * FORCE_COLOR wins over NO_COLOR, as in Node itself, and both over what the stream is
 * (https://force-color.org, https://no-color.org).
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR) return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Paints text that goes to `stream`, or leaves it as it is. */
export function painterFor(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Paint {
  if (!wantsColour(stream, env)) return (_style, text) => text;
  return (style, text) => {
    const [on, off] = codes[style];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
}
