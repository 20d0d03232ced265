/**
 * The abridgement of a large message in a trace: its structure, of long texts how long they were and how they
 * begin, of long lists the first entries. Equal values stay equal.
 */

/** In UTF-16 code units of JSON: smaller ones are kept as they are. */
const largeBody = 2_000;
const longText = 200;
const shownOfText = 20;
const shownEntries = 20;

/** The body of a message, from its JSON. */
export function abridgedBody(json: string, read: (json: string) => unknown): unknown {
  const body = read(json);
  return json.length <= largeBody ? body : abridged(body);
}

export function abridged(value: unknown): unknown {
  if (typeof value === 'string') return abridgedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const left = value.length - shownEntries;
    const shown = value.slice(0, shownEntries).map(abridged);
    return left > 0 ? [...shown, `and ${inWords(left)} more`] : shown;
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, abridged(one)]));
}

function abridgedText(text: string): string {
  if (text.length <= longText) return text;
  // Half a character is none.
  const start = text.slice(0, shownOfText).replace(/[\ud800-\udbff]$/, '');
  return `(${inWords(text.length)} characters: ${start}...)`;
}

function inWords(count: number): string {
  return count.toLocaleString('en');
}
