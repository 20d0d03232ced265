/** Values of traces, in words that are the same in every language. */

/** A view as a trace tells it. */
export interface DrawnView {
  readonly viewnum: number;
  readonly primary: string | null;
  readonly backup: string | null;
}

/** A value in words: `viewnum 3, primary "s1"`. */
export function inWords(value: unknown): string {
  return isObject(value) ? fields(value) : brief(value);
}

/** `viewnum 3, primary "s1"`: JSON without what everybody can do without. */
function fields(values: { readonly [key: string]: unknown }): string {
  const { op, key, value, operation, ...others } = values;
  // The operation comes before the client.
  const asked = isObject(operation) ? [fields(operation)] : [];
  if (typeof op === 'string' && typeof key === 'string') {
    const words = [op, brief(key), ...(value === undefined ? [] : [brief(value)])];
    return [words.join(' '), ...named(others)].join(', ');
  }
  const rest = Object.entries(values).filter(
    ([name]) => asked.length === 0 || name !== 'operation',
  );
  return [...asked, ...named(Object.fromEntries(rest))].join(', ');
}

function named(values: { readonly [key: string]: unknown }): string[] {
  return Object.entries(values).map(([name, value]) => `${name} ${brief(value)}`);
}

function brief(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(brief).join('; ')}]`;
  if (isObject(value)) return `{${fields(value)}}`;
  return JSON.stringify(value) ?? '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
